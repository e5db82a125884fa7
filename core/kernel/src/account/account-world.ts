import type { EpochMs, Price, Quantity } from '@bellwether/domain';
import type { BrokerCapabilities } from '@bellwether/ports';
import type { AccountLimits, GateAnswer, GateRequest, GateSnapshot } from '../guards/risk-gate.ts';
import { CLEAR_STANDING, type Standing } from '../guards/standing.ts';
import type { Sha256 } from '../order/client-order-id.ts';
import type {
  AccountSnapshot,
  Alert,
  ExternalOrder,
  Holding,
  ReconciliationRun,
  StandingChange,
} from './account-effects.ts';
import type { AccountCommand, Quote } from './account-fact.ts';

export interface AccountSettings {
  readonly installation: string;
  readonly account: string;
  readonly sha256: Sha256;
  readonly capabilities: BrokerCapabilities;
  readonly limits: AccountLimits;
  /** The risk gate; handed in, so that a harness can show what happens without it. */
  readonly gate: (
    request: GateRequest,
    snapshot: GateSnapshot,
    standing: Standing,
    limits: AccountLimits,
  ) => GateAnswer;
  /** The exchange of a symbol at a market instant. `closesAt`: of the session that is open; null outside one. */
  readonly sessionAt: (
    symbol: string,
    marketTime: EpochMs,
  ) => { readonly isOpen: boolean; readonly closesAt: EpochMs | null; readonly nextOpen: EpochMs };
  /** Exchange day of a market instant, YYYY-MM-DD. */
  readonly exchangeDay: (marketTime: EpochMs) => string;
}

/** What every part of one account's machine sees: the two clocks, the market, the broker's last word, and where effects go. */
export class AccountWorld {
  readonly settings: AccountSettings;
  at: EpochMs = 0;
  marketTime: EpochMs = 0;
  standing: Standing = CLEAR_STANDING;
  snapshot: AccountSnapshot | null = null;
  external = new Map<string, Holding>();
  /** Orders of somebody else that work, by the broker's number. */
  readonly externalOrders = new Map<string, ExternalOrder>();
  readonly drifting = new Set<string>();
  readonly marks = new Map<string, Price>();
  readonly quotes = new Map<string, Quote>();
  readonly halted = new Set<string>();
  /** What the broker last said it holds, signed, and when it was asked. */
  brokerNet: {
    readonly askedAt: EpochMs;
    /** Which fact the question followed: what happened later is not in the answer. */
    readonly askedTick: number;
    readonly bySymbol: ReadonlyMap<string, Quantity>;
  } | null = null;
  /** No entry is sent before a reconciliation has ended clean. */
  gateOpen = false;
  /** The gate is shut for entries alone that nobody knows: nothing else stands against sending one of them again. */
  lacksOnlyUnknown = false;
  /** A reconciliation has ended clean, and what waited for one has not heard of it. */
  passedClean = false;
  isConnected = false;
  /** Counts facts, so that "before" and "after" hold within one millisecond too. */
  tick = 0;
  positionsAskedTick = 0;
  /** Where the market stood when orders were last asked for. */
  ordersAskedAt: EpochMs | null = null;
  /** When the broker last refused our keys. */
  refusedAt: EpochMs | null = null;
  /** By position: the fact by which its last order ended, or its close began. */
  readonly endedTick = new Map<string, number>();
  /** Ids of orders that were ours and are settled: what the broker still lists of them is history. */
  readonly known = new Set<string>();
  /** When this life heard its first fact, and by symbol when a fill of ours was last booked. Quantities that were asked for before it prove nothing. */
  startedAt: EpochMs | null = null;
  readonly filledAt = new Map<string, EpochMs>();

  /** Commands that have been asked for and not answered, by what they ask. */
  readonly outstanding = new Set<string>();
  #commands: AccountCommand[] = [];
  #alerts: Alert[] = [];
  #standingChanges: StandingChange[] = [];
  #runs: ReconciliationRun[] = [];

  constructor(settings: AccountSettings) {
    this.settings = settings;
  }

  /** Asks for something unless the same is already asked for. */
  command(command: AccountCommand): void {
    const key = commandKey(command);
    if (this.outstanding.has(key)) return;
    this.outstanding.add(key);
    if (command.command === 'read_positions') this.positionsAskedTick = this.tick;
    if (command.command === 'read_orders') this.ordersAskedAt = this.marketTime;
    this.#commands.push(command);
  }

  answered(key: string): void {
    this.outstanding.delete(key);
  }

  alert(
    level: Alert['level'],
    code: string,
    text: string,
    of: Partial<Pick<Alert, 'symbol' | 'positionId' | 'pipelineId'>> = {},
  ): void {
    this.#alerts.push({
      level,
      code,
      text,
      symbol: of.symbol ?? null,
      positionId: of.positionId ?? null,
      pipelineId: of.pipelineId ?? null,
    });
  }

  demand(change: StandingChange): void {
    this.#standingChanges.push(change);
  }

  record(run: ReconciliationRun): void {
    this.#runs.push(run);
    if (run.clean) this.passedClean = true;
  }

  isOpen(symbol: string): boolean {
    return !this.halted.has(symbol) && this.settings.sessionAt(symbol, this.marketTime).isOpen;
  }

  takeEffects(): {
    commands: readonly AccountCommand[];
    alerts: readonly Alert[];
    standing: readonly StandingChange[];
    runs: readonly ReconciliationRun[];
  } {
    const effects = {
      commands: this.#commands,
      alerts: this.#alerts,
      standing: this.#standingChanges,
      runs: this.#runs,
    };
    this.#commands = [];
    this.#alerts = [];
    this.#standingChanges = [];
    this.#runs = [];
    return effects;
  }
}

/** Names what a command asks, so that an answer can be matched to it. */
export function commandKey(command: AccountCommand): string {
  switch (command.command) {
    case 'read_orders':
    case 'read_positions':
    case 'read_account':
    case 'read_fills':
      return command.command;
    case 'read_instrument':
      return `read_instrument ${command.symbol}`;
    case 'cancel_stray':
      return `cancel_stray ${command.brokerOrderId}`;
    default:
      return `${command.command} ${command.clientOrderId}`;
  }
}
