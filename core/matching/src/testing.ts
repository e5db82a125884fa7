/** For tests only: settings, orders and candle tables in a few words. */
import {
  type Bar,
  formatPrice,
  formatQuantity,
  type Money,
  ONE_SHARE,
  type OrderRequest,
  type Price,
  parseMoney,
  parsePrice,
  type Quantity,
  ratioFromNumber,
} from '@bellwether/domain';
import type { ExchangeEvent, ExchangeSettings } from './exchange.ts';
import type { SimulatedExchange } from './simulated-exchange.ts';

/** No slippage, commission or chance, so that a table shows prices and nothing else. */
export const PLAIN_SETTINGS: ExchangeSettings = {
  initialCash: parseMoney('100000'),
  slippageFraction: 0,
  commission: { perShare: ratioFromNumber(0), minimum: 0n as Money, maximumFraction: null },
  marginMultiplier: 2,
  simulatePartialFills: false,
  simulateRejections: false,
  seed: 1,
  limitFill: 'through',
  intrabar: 'pessimistic',
  volumeShare: null,
  forceLiquidation: false,
};

export function shares(count: number): Quantity {
  return (BigInt(count) * ONE_SHARE) as Quantity;
}

export type Sketch = Partial<Pick<OrderRequest, 'timeInForce' | 'oco' | 'symbol'>> & {
  readonly id: string;
  readonly side: OrderRequest['side'];
  readonly count?: number;
  readonly limit?: string;
  readonly stop?: string;
  readonly target?: string;
  readonly stopLoss?: string;
};

/** Returns the request that the sketch means: 100 shares at market, `gtc`; legs are named `<id>.target` and `<id>.stop`. */
export function orderOf(sketch: Sketch): OrderRequest {
  const price = (text: string | undefined): Price | null => (text === undefined ? null : parsePrice(text));
  const { id, target, stopLoss } = sketch;
  return {
    clientOrderId: id,
    symbol: sketch.symbol ?? 'AAPL',
    side: sketch.side,
    type: sketch.limit !== undefined ? 'limit' : sketch.stop !== undefined ? 'stop' : 'market',
    quantity: shares(sketch.count ?? 100),
    limitPrice: price(sketch.limit),
    stopPrice: price(sketch.stop),
    timeInForce: sketch.timeInForce ?? 'gtc',
    takeProfit: target === undefined ? null : { clientOrderId: `${id}.target`, limitPrice: parsePrice(target) },
    stopLoss: stopLoss === undefined ? null : { clientOrderId: `${id}.stop`, stopPrice: parsePrice(stopLoss) },
    oco: sketch.oco ?? false,
  };
}

export type Candle = readonly [open: number, high: number, low: number, close: number];

/** Returns candle `index` as a bar of a minute; bars follow one another without a gap. */
export function barOf([open, high, low, close]: Candle, index: number, volume = 1_000_000): Bar {
  return { start: index * 60_000, end: (index + 1) * 60_000, open, high, low, close, volume };
}

/** Plays candles `from`, `from + 1`, … and returns every event. */
export function play(
  exchange: SimulatedExchange,
  candles: readonly Candle[],
  from = 0,
  symbol = 'AAPL',
): readonly ExchangeEvent[] {
  return candles.flatMap((candle, offset) => {
    const bar = barOf(candle, from + offset);
    return [...exchange.onOpen(symbol, bar.start, bar.open, bar.volume), ...exchange.onBar(symbol, bar)];
  });
}

/** Returns the fills as "id side quantity@price #bar", the bar being the one in which they happened. */
export function fillLines(events: readonly ExchangeEvent[]): readonly string[] {
  return events.flatMap(({ fill, at, kind }) => {
    if (fill === undefined) return [];
    const when = `${kind === 'filled' ? '' : ' partly'} t${at / 60_000}`;
    return [`${fill.clientOrderId} ${fill.side} ${formatQuantity(fill.quantity)}@${formatPrice(fill.price)}${when}`];
  });
}

/** Returns the mirror of a price around 100: a market that is its own opposite. */
export function mirrored(price: number): number {
  return Math.round((200 - price) * 1e6) / 1e6;
}

export function mirroredCandle([open, high, low, close]: Candle): Candle {
  return [mirrored(open), mirrored(low), mirrored(high), mirrored(close)];
}

/** Returns the same order in the mirrored market: the other side, every level reflected. */
export function mirroredSketch(sketch: Sketch): Sketch {
  const flip = (text: string) => String(mirrored(Number(text)));
  return {
    ...sketch,
    side: sketch.side === 'buy' ? 'sell' : 'buy',
    ...(sketch.limit === undefined ? {} : { limit: flip(sketch.limit) }),
    ...(sketch.stop === undefined ? {} : { stop: flip(sketch.stop) }),
    ...(sketch.target === undefined ? {} : { target: flip(sketch.target) }),
    ...(sketch.stopLoss === undefined ? {} : { stopLoss: flip(sketch.stopLoss) }),
  };
}
