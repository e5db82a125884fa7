import type { EpochMs } from '@bellwether/domain';
import {
  type AccountRequest,
  BrokerDesk,
  type BrokerDeskState,
  type Desk,
  type DeskEvent,
  type ExecutionPlan,
} from '@bellwether/kernel';
import type { InboxRow } from '../engine/write.ts';
import {
  type AccountLink,
  clockRowOf,
  inboxRowOf,
  type MarketDriver,
  type MarketStep,
  marketRowOf,
} from './account-link.ts';
import type { TapeStep, TapeSymbol } from './tape-cursor.ts';

export interface AccountPlaceState {
  readonly kind: 'account';
  readonly desk: BrokerDeskState;
  /** The instant that a half-played step has advanced its session to; null between steps. */
  readonly advancedTo: EpochMs | null;
  readonly rounds: number;
  readonly awaitsAnswer: boolean;
}

export interface AccountPlaceSettings {
  readonly plan: ExecutionPlan;
  readonly pipelineId: string;
  readonly sessionId: string;
  readonly tape: readonly TapeSymbol[];
  readonly link: AccountLink;
  readonly driver: MarketDriver;
}

/**
 * a step of the tape ─▶ the broker's market ─▶ the account's keeper ─▶ events ─▶ desk
 *
 * A broker account on which a tape is traded in lockstep: the broker sees a bar's open or close before the session does, and the session goes on
 * when the account is quiet.
 *
 * Invariants: 1. a step reaches the broker once, however often it is played: its key says which it is. 2. while nothing of the pipeline is open,
 * the broker is shown nothing; before something is, it is shown the newest bar of every symbol.
 */
export class AccountPlace {
  readonly kind = 'account';
  readonly link: AccountLink;
  readonly #settings: AccountPlaceSettings;
  readonly #lastAt: EpochMs;
  readonly #unshown = new Map<string, { readonly step: MarketStep; readonly key: string }>();
  #requests: AccountRequest[] = [];
  #desk: BrokerDesk | null = null;
  #advancedTo: EpochMs | null = null;
  #rounds = 0;
  #awaitsAnswer = false;

  constructor(settings: AccountPlaceSettings) {
    this.#settings = settings;
    this.link = settings.link;
    this.#lastAt = Math.max(...settings.tape.map(({ bars }) => bars.end[bars.length - 1] ?? 0));
  }

  get desk(): BrokerDesk {
    if (this.#desk === null) throw new TypeError('expected a desk that was opened by its session');
    return this.#desk;
  }

  /** Something is to leave with the next write. */
  get hasRequests(): boolean {
    return this.#requests.length > 0;
  }

  /** Something left with the last write, and its answers have not been told. */
  get awaitsAnswer(): boolean {
    return this.#awaitsAnswer;
  }

  openDesk(emit: (event: DeskEvent) => void): Desk {
    const { plan, pipelineId } = this.#settings;
    this.#desk = new BrokerDesk(
      { pipelineId, allowShort: true, commission: plan.pipeline.mode.commission },
      (request) => this.#requests.push(request),
      emit,
    );
    return this.#desk;
  }

  /** The session has been advanced to the instant of a step that is not played yet; null once it is. */
  advanced(to: EpochMs | null): void {
    this.#advancedTo = to;
  }

  /** Hands over what is to leave with this write. */
  takeRequests(): readonly InboxRow[] {
    const rows = this.#requests.map(inboxRowOf);
    this.#requests = [];
    this.#awaitsAnswer = rows.length > 0;
    return rows;
  }

  /** Shows the step to the broker, or keeps it until there is something that it could change. Returns whether the account has been told. */
  async show(step: TapeStep): Promise<boolean> {
    const marketStep = marketStepOf(step);
    const key = `${this.#settings.sessionId} ${step.tape.symbol} ${step.row} ${step.kind}`;
    if (!this.desk.isLive && !this.hasRequests) {
      if (step.kind === 'close') this.#unshown.set(step.tape.symbol, { step: marketStep, key });
      return false;
    }
    await this.catchUp();
    await this.#play(marketStep, key);
    this.link.nudge();
    return true;
  }

  /** Shows the broker the newest bar of each symbol that it has not seen; before anything leaves for it. */
  async catchUp(): Promise<void> {
    for (const { step, key } of this.#unshown.values()) await this.#play(step, key);
    this.#unshown.clear();
  }

  /** Tells the account where the market stands, so that somebody looks after it: a session begins, or goes on. `attempt` tells one holder from the next. */
  async hello(at: EpochMs, attempt: number): Promise<void> {
    const { sessionId } = this.#settings;
    await this.link.post(clockRowOf(`${sessionId} hello ${attempt}`, Math.min(at, this.#lastAt - 1)));
    this.link.nudge();
  }

  /** The market trades once more at the last price, for what is still to be closed. */
  async showLast(symbol: string, price: number): Promise<void> {
    this.#rounds += 1;
    const at = this.#lastAt;
    const key = `${this.#settings.sessionId} ${symbol} last ${this.#rounds}`;
    await this.#play({ kind: 'open', symbol, at, open: price, volume: Number.MAX_SAFE_INTEGER }, key);
    this.link.nudge();
  }

  saveState(): AccountPlaceState {
    return {
      kind: 'account',
      desk: this.desk.saveState(),
      advancedTo: this.#advancedTo,
      rounds: this.#rounds,
      awaitsAnswer: this.#awaitsAnswer,
    };
  }

  restoreState({ desk, advancedTo, rounds, awaitsAnswer }: AccountPlaceState): void {
    this.#awaitsAnswer = awaitsAnswer;
    this.desk.restoreState(desk);
    this.#advancedTo = advancedTo;
    this.#rounds = rounds;
  }

  async #play(step: MarketStep, key: string): Promise<void> {
    const { driver, link } = this.#settings;
    const { events } = await driver.play(link.account, [step], key);
    const at = step.kind === 'open' ? step.at : step.end;
    // With the tape's last instant the market closes, but what is held is still sold at its last price: the account stays just before.
    await link.post(marketRowOf(step, key, at >= this.#lastAt ? this.#lastAt - 1 : at, events));
  }
}

function marketStepOf({ kind, at, tape, row }: TapeStep): MarketStep {
  const { symbol, bars } = tape;
  const column = (values: ArrayLike<number>) => values[row] as number;
  const open = column(bars.open);
  const volume = column(bars.volume);
  if (kind === 'open') return { kind, symbol, at, open, volume };
  return {
    kind: 'bar',
    symbol,
    start: column(bars.start),
    end: column(bars.end),
    open,
    high: column(bars.high),
    low: column(bars.low),
    close: column(bars.close),
    volume,
  };
}
