// A desk on a simulated exchange, played by candle tables: what tests of orders and positions share.
import {
  type Bar,
  formatQuantity,
  type Price,
  priceFromNumber,
  priceToNumber,
  type Quantity,
} from '@bellwether/domain';
import { type ExchangeSettings, SimulatedExchange } from '@bellwether/matching';
import type { ExitSettings, OrderIntent, TradePlan } from '../agent/agent-output.ts';
import type { DeskEvent } from './desk-events.ts';
import { type DeskSettings, OrderDesk } from './order-desk.ts';

export type Candle = readonly [open: number, high: number, low: number, close: number];

export const MINUTE = 60_000;

/** No slippage, commission or chance, so that a table shows prices and nothing else. */
export const PLAIN: ExchangeSettings = {
  initialCash: 100_000_000_000n as ExchangeSettings['initialCash'],
  slippageFraction: 0,
  commission: { perShare: 0n as never, minimum: 0n as never, maximumFraction: null },
  marginMultiplier: 2,
  simulatePartialFills: false,
  simulateRejections: false,
  seed: 1,
  limitFill: 'touch',
  intrabar: 'pessimistic',
  volumeShare: null,
  forceLiquidation: false,
};

const EXITS: ExitSettings = {
  plan: 'auto',
  splitAt: 0.5,
  firstTargetPercent: 50,
  moveStopToBreakeven: true,
  breakevenFees: false,
  singleShareTarget: 'target_2',
  partialPatienceMs: 3_000,
  monitoring: true,
};

/** Not cryptographic: equal texts get equal names and different ones, in a test, different names. */
export function nameOf(text: string): string {
  let a = 0x811c9dc5;
  let b = 0x1234567;
  for (let i = 0; i < text.length; i++) {
    a = Math.imul(a ^ text.charCodeAt(i), 0x01000193);
    b = Math.imul(b ^ text.charCodeAt(i), 0x85ebca6b) ^ (b >>> 13);
  }
  return `${(a >>> 0).toString(36)}${(b >>> 0).toString(36)}`.padEnd(27, 'x');
}

export function intentOf(change: Partial<OrderIntent> = {}): OrderIntent {
  return {
    symbol: 'AAPL',
    purpose: 'open',
    side: 'buy',
    type: change.limitPrice === undefined || change.limitPrice === null ? 'market' : 'limit',
    quantity: '100',
    limitPrice: null,
    stopLoss: null,
    target1: null,
    target2: null,
    sizingPrice: 100,
    sizeAtFill: null,
    ...change,
  };
}

export function closeIntent(side: 'buy' | 'sell', symbol = 'AAPL'): OrderIntent {
  return intentOf({ symbol, side, purpose: 'close' });
}

export function planOf(intents: readonly OrderIntent[], change: Partial<TradePlan> = {}, exits = {}): TradePlan {
  return {
    symbol: intents[0]?.symbol ?? 'AAPL',
    timestamp: 0,
    intents,
    exits: { ...EXITS, ...exits },
    entryValidMs: 60_000,
    entryWhenClosed: 'next_open',
    allowPyramiding: false,
    summary: 'test',
    ...change,
  };
}

export function barOf([open, high, low, close]: Candle, index: number, volume = 1_000_000): Bar {
  return { start: index * MINUTE, end: (index + 1) * MINUTE, open, high, low, close, volume };
}

/** A desk and its exchange, moved bar by bar; decisions are handed in between bars, as at a close. */
export class DeskPlay {
  readonly exchange: SimulatedExchange;
  readonly desk: OrderDesk;
  readonly events: DeskEvent[] = [];
  /** Told after every event, when the desk and its exchange agree again. */
  afterEach: () => void = () => undefined;
  index: number;
  readonly #last = new Map<string, Price>();
  #tickets: number;

  constructor(exchange: Partial<ExchangeSettings> = {}, desk: Partial<DeskSettings> = {}, index = 0, tickets = 0) {
    this.exchange = new SimulatedExchange({ ...PLAIN, ...exchange });
    this.index = index;
    this.#tickets = tickets;
    const settings: DeskSettings = {
      installation: 'test',
      account: 'account',
      splitAtEntry: false,
      allowShort: true,
      commission: { perShare: 0, minimum: 0, maximumFraction: null },
      validationOnly: false,
      ...desk,
    };
    this.desk = new OrderDesk(this.exchange, settings, nameOf, (event) => this.events.push(event));
  }

  get at(): number {
    return this.index * MINUTE;
  }

  get tickets(): number {
    return this.#tickets;
  }

  submit(plan: TradePlan, sessionOpen = true): string {
    this.#tickets += 1;
    const commandId = `command-${this.#tickets}`;
    const ticket = { commandId, executionId: `e-${this.#tickets}`, nodeId: 'trade', agentType: 'trade' };
    this.desk.submit(plan, { ...ticket, symbol: plan.symbol }, this.at, sessionOpen);
    this.afterEach();
    return commandId;
  }

  /** Enters one symbol with these levels; see `intentOf`. */
  enter(change: Partial<OrderIntent> = {}, exits: Partial<ExitSettings> = {}, plan: Partial<TradePlan> = {}): string {
    return this.submit(planOf([intentOf(change)], plan, exits));
  }

  open(open: number, symbol = 'AAPL', volume = 1_000_000): void {
    const marks = { get: (of: string) => (of === symbol ? priceFromNumber(open) : this.#last.get(of)) };
    if (this.desk.hasWork(symbol)) this.desk.onOpen(symbol, this.at, open, marks, volume);
    this.#last.set(symbol, priceFromNumber(open));
    this.afterEach();
  }

  close(candle: Candle, symbol = 'AAPL', volume = 1_000_000): void {
    const bar = barOf(candle, this.index, volume);
    if (this.desk.hasWork(symbol)) this.desk.onBar(symbol, bar);
    this.#last.set(symbol, priceFromNumber(bar.close));
    this.afterEach();
  }

  play(...candles: readonly Candle[]): this {
    for (const candle of candles) {
      this.open(candle[0]);
      this.close(candle);
      this.index += 1;
    }
    return this;
  }

  /** Knows the prices that another play has seen. */
  see(other: DeskPlay): void {
    for (const [symbol, price] of other.#last) this.#last.set(symbol, price);
  }

  marks(): { get(symbol: string): Price | undefined } {
    return this.#last;
  }

  /** Fills as "minute side quantity@price reason"; at an open the minute is the bar's start, inside the bar its end. */
  fills(): string[] {
    return this.events.flatMap((event) => {
      if (event.kind !== 'filled') return [];
      const { fill, reason } = event;
      const what = `${formatQuantity(fill.quantity)}@${priceToNumber(fill.price)}`;
      return [`${fill.at / MINUTE} ${fill.side} ${what} ${reason}`];
    });
  }

  closed(): string[] {
    return this.events.flatMap((event) =>
      event.kind === 'position_closed' ? [`${event.position.side} ${event.position.closeReason}`] : [],
    );
  }

  /** Tickets that came to their end, with the rule that refused them when nothing was traded. */
  settled(): string[] {
    return this.events.flatMap((event) => {
      if (event.kind !== 'settled') return [];
      const { ticket, outcome } = event;
      return [`${ticket.commandId} ${outcome}${outcome === 'traded' ? '' : ` ${ticket.refusal?.rule}`}`];
    });
  }

  /** What rests at the exchange, as "side type quantity@level". */
  resting(symbol = 'AAPL'): string[] {
    return this.exchange
      .orders()
      .filter((order) => order.symbol === symbol && ['working', 'partially_filled'].includes(order.status))
      .map(({ side, type, quantity, filledQuantity, limitPrice, stopPrice }) => {
        const left = formatQuantity((quantity - filledQuantity) as Quantity);
        return `${side} ${type} ${left}@${priceToNumber((limitPrice ?? stopPrice ?? 0n) as Price)}`;
      })
      .sort();
  }
}

/** The mirror of a price around 100: a market that is its own opposite. */
export function mirrored(price: number): number {
  return Math.round((200 - price) * 1e6) / 1e6;
}

export function mirroredCandle([open, high, low, close]: Candle): Candle {
  return [mirrored(open), mirrored(low), mirrored(high), mirrored(close)];
}

/** The same intent in the mirrored market: the other side, every level reflected. */
export function mirroredIntent(intent: Partial<OrderIntent>): Partial<OrderIntent> {
  const flip = (price: number | null | undefined) => (price === null || price === undefined ? null : mirrored(price));
  return {
    ...intent,
    side: intent.side === 'sell' ? 'buy' : 'sell',
    limitPrice: flip(intent.limitPrice),
    stopLoss: flip(intent.stopLoss),
    target1: flip(intent.target1),
    target2: flip(intent.target2),
    sizingPrice: mirrored(intent.sizingPrice ?? 100),
  };
}

/** Through JSON, fixed-point numbers as text: a state is plain data but for them. */
export function roundTrip<T extends object>(state: T): T {
  const text = JSON.stringify(state, (_key, value: unknown) =>
    typeof value === 'bigint' ? { units: `${value}` } : value,
  );
  return JSON.parse(text, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && 'units' in value ? BigInt(String(value.units)) : value,
  ) as T;
}
