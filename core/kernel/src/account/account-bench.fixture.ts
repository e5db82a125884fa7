import {
  type EpochMs,
  type Money,
  NO_MONEY,
  type Price,
  parseMoney,
  parsePrice,
  parseQuantity,
  type Quantity,
} from '@bellwether/domain';
import { BROKER_PROFILES, type BrokerOrder, type BrokerOrderId, type BrokerOrderStatus } from '@bellwether/ports';
import type { OrderIntent } from '../agent/agent-output.ts';
import { PAPER_LIMITS } from '../guards/account-limits.ts';
import { riskGate } from '../guards/risk-gate.ts';
import { CLEAR_STANDING, type Standing } from '../guards/standing.ts';
import type { Alert, ReconciliationRun, StandingChange } from './account-effects.ts';
import type { AccountCommand, AccountFact, Proposal } from './account-fact.ts';
import { AccountMachine, type AccountMonitor, type KeptAccount } from './account-machine.ts';
import type { AccountOrder, AccountPosition } from './account-position.ts';

/** Tuesday 2026-07-07, 14:00 UTC: the exchange is open. */
export const START: EpochMs = Date.UTC(2026, 6, 7, 14);
const CLOSES = Date.UTC(2026, 6, 7, 20);

const QUIET: AccountMonitor = {
  onOrder: () => [],
  onSnapshot: () => [],
  onGateRefused: () => [],
  onNaked30s: () => [],
  onClosed: () => [],
  onPass: () => [],
  onLink: () => [],
  onSkew: () => [],
  onQuotes: () => [],
  onTime: () => [],
  counters: () => ({ entriesInHour: 0, ordersInMinute: 0, ordersInDay: 0, dayTrades: 0, sameSignalAt: null }),
  dayPnl: () => NO_MONEY,
  isRecovering: false,
  release: () => undefined,
  save: () => null,
};

export const shares = (count: number): Quantity => parseQuantity(String(count));

/** A machine, and a broker that says just what a test has it say. */
export class AccountBench {
  machine: AccountMachine;
  at: EpochMs = START;
  readonly alerts: Alert[] = [];
  readonly demanded: StandingChange[] = [];
  readonly runs: ReconciliationRun[] = [];
  readonly settled: string[] = [];
  /** Commands that nobody has answered yet. */
  asked: AccountCommand[] = [];
  standing: Standing = CLEAR_STANDING;
  isOpen = true;
  closesAt: EpochMs = CLOSES;

  readonly #monitor: AccountMonitor;

  constructor(kept?: KeptAccount, monitor: AccountMonitor = QUIET) {
    this.#monitor = monitor;
    this.machine = this.#machine(kept);
  }

  /** A machine that has reconciled with an empty account of $100,000 and knows AAPL. */
  static ready(monitor?: AccountMonitor): AccountBench {
    const bench = new AccountBench(undefined, monitor);
    bench.feed({ fact: 'link', state: 'connected', cause: null });
    bench.reconcile();
    return bench;
  }

  /** The process ends; another one goes on from what was committed. */
  restart(): void {
    const kept = structuredClone({ memory: this.machine.saveMemory(), positions: [...this.machine.positions()] });
    this.machine = this.#machine(kept);
    this.asked = [];
  }

  feed(fact: DistributiveOmit<AccountFact, 'at'>): void {
    this.machine.take({ at: this.at, ...fact } as AccountFact);
    const effects = this.machine.drain();
    this.alerts.push(...effects.alerts);
    this.demanded.push(...effects.standing);
    this.runs.push(...effects.runs);
    for (const { event } of effects.events) if (event.kind === 'settled') this.settled.push(event.outcome);
    this.asked.push(...effects.commands);
  }

  wait(ms: number): void {
    const until = this.at + ms;
    for (let wake = this.machine.nextWakeAt; wake !== null && wake <= until; wake = this.machine.nextWakeAt) {
      this.at = Math.max(wake, this.at + 1);
      this.feed({ fact: 'time', marketTime: this.at });
      this.#answerReads();
    }
    this.at = until;
    this.feed({ fact: 'time', marketTime: this.at });
  }

  /** Answers account, positions and orders reads: by default an account that holds `held` shares of AAPL and lists nothing. */
  reconcile(held: number | null = null, orders: readonly BrokerOrder[] = []): void {
    for (let round = 0; round < 5; round++) {
      if (this.take('read_account') !== undefined)
        this.feed({ fact: 'account_read', askedAt: this.at, account: ACCOUNT, skewMs: null });
      if (this.take('read_orders') !== undefined)
        this.feed({ fact: 'orders_read', askedAt: this.at, since: null, orders });
      if (this.take('read_positions') !== undefined) this.holds(held ?? this.ownShares());
    }
  }

  holds(count: number): void {
    const positions = count === 0 ? [] : [{ symbol: 'AAPL', quantity: shares(count), averageEntry: parsePrice('100') }];
    this.feed({ fact: 'positions_read', askedAt: this.at, positions });
  }

  ownShares(): number {
    let own = 0n;
    for (const { side, quantity, excess } of this.machine.positions())
      own += (side === 'long' ? 1n : -1n) * (quantity - excess);
    return Number(own) / 1e9;
  }

  /** Removes the first unanswered command of this kind and returns it. */
  take<K extends AccountCommand['command']>(kind: K): Extract<AccountCommand, { command: K }> | undefined {
    const index = this.asked.findIndex(({ command }) => command === kind);
    return index < 0 ? undefined : (this.asked.splice(index, 1)[0] as Extract<AccountCommand, { command: K }>);
  }

  /** Proposes to buy `count` AAPL at 100, stop 98, targets 103 and 106; goes through both transactions up to the POST. */
  propose(count = 50, intent: Partial<OrderIntent> = {}, key = 'p1'): void {
    this.feed({ fact: 'proposed', proposal: proposal(key, this.at, count, intent) });
    const wanted = this.take('read_instrument');
    if (wanted !== undefined)
      this.feed({ fact: 'instrument_read', symbol: wanted.symbol, facts: TRADABLE(wanted.symbol) });
    this.reconcile();
  }

  /** TX 2 for whatever asks for it. */
  send(): AccountOrder {
    const send = this.take('send');
    if (send === undefined) throw new Error('expected an entry to be sent, none was');
    this.feed({ fact: 'sending', clientOrderId: send.clientOrderId, blocked: null });
    return this.posted();
  }

  /** The order of the next unanswered submit. */
  posted(): AccountOrder {
    const submit = this.take('submit');
    if (submit === undefined) throw new Error('expected an order to be posted, none was');
    return this.order(submit.clientOrderId);
  }

  accept(order: AccountOrder, status: BrokerOrderStatus = 'working'): void {
    this.feed({
      fact: 'submitted',
      clientOrderId: order.clientOrderId,
      outcome: { kind: 'accepted', order: this.brokerOrder(order, status) },
    });
  }

  /** The broker tells by stream that an order, its legs with it, now stands so. */
  tell(
    order: AccountOrder,
    status: BrokerOrderStatus,
    filled = status === 'filled' ? Number(order.quantity) / 1e9 : 0,
    price = '100',
  ): void {
    this.feed({ fact: 'order_seen', order: this.brokerOrder(order, status, filled, price), fill: null });
  }

  /** A long position of 50 AAPL whose bracket is armed. */
  static holding(count = 50, monitor?: AccountMonitor): AccountBench {
    const bench = AccountBench.ready(monitor);
    bench.propose(count);
    const entry = bench.send();
    bench.accept(entry);
    bench.tell(entry, 'filled', count);
    return bench;
  }

  order(id: string): AccountOrder {
    for (const position of this.machine.positions())
      for (const order of position.orders) if (order.clientOrderId === id) return order;
    throw new Error(`no order ${id}`);
  }

  get position(): AccountPosition {
    const [position] = this.machine.positions();
    if (position === undefined) throw new Error('no position');
    return position;
  }

  leg(name: AccountOrder['leg'], last = true): AccountOrder {
    const orders = this.position.orders.filter(({ leg }) => leg === name);
    const order = last ? orders.at(-1) : orders[0];
    if (order === undefined) throw new Error(`no ${name}`);
    return order;
  }

  brokerOrder(order: AccountOrder, status: BrokerOrderStatus, filled = 0, price = '100'): BrokerOrder {
    const isSent = order.groupId === order.clientOrderId && order.request !== null;
    const legs = isSent
      ? this.position.orders.filter(
          (leg) => leg.groupId === order.clientOrderId && leg !== order && leg.replaces === null,
        )
      : [];
    const legStatus: BrokerOrderStatus = status === 'filled' && order.leg === 'entry' ? 'working' : 'held';
    return {
      brokerOrderId: (order.brokerOrderId ?? `b-${order.clientOrderId}`) as BrokerOrderId,
      clientOrderId:
        order.request === null && order.replaces === null ? `leg-${order.clientOrderId}` : order.clientOrderId,
      symbol: order.symbol,
      side: order.side,
      type: order.type,
      quantity: order.quantity,
      filledQuantity: shares(filled),
      averageFillPrice: filled === 0 ? null : (parsePrice(price) as Price),
      limitPrice: order.limitPrice,
      stopPrice: order.stopPrice,
      timeInForce: 'gtc',
      status,
      submittedAt: Temporal.Instant.fromEpochMilliseconds(this.at),
      replacedBy: null,
      legs: legs
        .filter(({ status: own }) => own === 'planned' || own === 'working')
        .map((leg) => this.brokerOrder(leg, legStatus)),
    };
  }

  #answerReads(): void {
    this.reconcile();
  }

  #machine(kept?: KeptAccount): AccountMachine {
    const settings = {
      installation: 'test',
      account: 'account',
      sha256: (text: string) =>
        btoa(text.replaceAll('|', '')).replaceAll('=', '').split('').reverse().join('').padEnd(43, 'x'),
      capabilities: BROKER_PROFILES.alpaca,
      limits: { ...PAPER_LIMITS, maxSymbolExposureFraction: null, openRiskFraction: null },
      gate: riskGate,
      sessionAt: () => ({ isOpen: this.isOpen, closesAt: this.isOpen ? this.closesAt : null, nextOpen: START }),
      exchangeDay: () => '2026-07-07',
    };
    return kept === undefined
      ? new AccountMachine(settings, this.#monitor)
      : new AccountMachine(settings, this.#monitor, kept);
  }
}

type DistributiveOmit<T, K extends string> = T extends unknown ? Omit<T, K> : never;

export const ACCOUNT = {
  brokerAccountId: 'A1',
  equity: parseMoney('100000'),
  lastEquity: null,
  cash: parseMoney('100000'),
  buyingPower: parseMoney('200000') as Money,
  closingOnly: false,
  blocked: false,
};

const TRADABLE = (symbol: string) => ({
  symbol,
  tradable: true,
  shortable: true,
  easyToBorrow: true,
  fractionable: true,
});

export function proposal(key: string, at: EpochMs, count: number, intent: Partial<OrderIntent> = {}): Proposal {
  const symbol = intent.symbol ?? 'AAPL';
  return {
    key,
    pipelineId: 'pipeline-1',
    ticket: { commandId: key, executionId: `x-${key}`, nodeId: 'trade', agentType: 'trade_manager', symbol },
    intents: [
      {
        symbol,
        purpose: 'open',
        side: 'buy',
        type: 'market',
        quantity: String(count),
        limitPrice: null,
        stopLoss: 98,
        target1: 103,
        target2: 106,
        sizingPrice: 100,
        sizeAtFill: null,
        ...intent,
      },
    ],
    exits: {
      plan: 'auto',
      splitAt: 0.5,
      firstTargetPercent: 50,
      moveStopToBreakeven: true,
      breakevenFees: false,
      singleShareTarget: 'target_2',
      partialPatienceMs: 3_000,
      monitoring: true,
    },
    entryValidMs: 60_000,
    entryWhenClosed: 'next_open',
    partialPatienceMs: 3_000,
    decidedAt: at,
    entryRefusal: null,
    sessionOpen: true,
  };
}
