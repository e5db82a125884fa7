import {
  allocateBars,
  type BarSeries,
  type IsoDate,
  MINUTE_MS,
  NYSE_CALENDAR,
  type TradingSession,
} from '@bellwether/domain';
import { SeededRandom, seedOf } from './seeded-random.ts';

/** Where bars come from; shown wherever they are. */
export interface BarSource {
  readonly kind: 'synthetic' | 'recorded';
  readonly label: string;
}

export type SourcedBars = BarSeries & { readonly source: BarSource };

export interface SyntheticRequest {
  readonly symbol: string;
  readonly seed: number;
  /** Session dates, both included. */
  readonly from: IsoDate;
  readonly to: IsoDate;
  readonly firstPrice: number;
}

/** Where the price is told to be: minutes after the open, and the price as a multiple of the first one. */
export type ScriptPoint = readonly [minute: number, level: number];

/** The points of one session, counted from the tape's first; beyond the list the last script holds. */
export type Script = readonly (readonly ScriptPoint[])[];

const ANNUAL_VOLATILITY = 0.3;
const MINUTES_PER_YEAR = 252 * 390;
const MINUTE_VOLATILITY = ANNUAL_VOLATILITY / Math.sqrt(MINUTES_PER_YEAR);
/** The overnight gap is as wide as about two hours of trading. */
const OVERNIGHT_VOLATILITY = MINUTE_VOLATILITY * Math.sqrt(120);
const SCRIPT_NOISE = 0.0002;
const MEAN_MINUTE_VOLUME = 12_000;

/** Returns seeded minutes of a random walk over real NYSE sessions, volume high at both ends of the day. */
export function syntheticMinutes(request: SyntheticRequest): SourcedBars {
  const random = new SeededRandom(seedOf(request.seed, request.symbol));
  let price = request.firstPrice;
  return minuteBars(request, random, `Synthetic demo data (seed ${request.seed})`, (_, minute) => {
    const volatility = minute === 0 ? OVERNIGHT_VOLATILITY : MINUTE_VOLATILITY;
    price *= 1 + volatility * random.nextNormal();
    return price;
  });
}

/** Returns seeded minutes that follow a script, so that a rule meets the market it was written for. */
export function scriptedMinutes(request: SyntheticRequest, script: Script): SourcedBars {
  const random = new SeededRandom(seedOf(request.seed, request.symbol));
  const label = `Synthetic demo data, scripted (seed ${request.seed})`;
  return minuteBars(request, random, label, (session, minute) => {
    const points = script[Math.min(session, script.length - 1)] ?? [];
    const noise = Math.max(-2, Math.min(2, random.nextNormal())) * SCRIPT_NOISE;
    return request.firstPrice * (levelAt(points, minute) + noise);
  });
}

/** Draws a straight line between the points on either side. */
function levelAt(points: readonly ScriptPoint[], minute: number): number {
  let before: ScriptPoint = points[0] ?? [0, 1];
  for (const point of points) {
    if (point[0] >= minute) {
      const span = point[0] - before[0];
      return span <= 0 ? point[1] : before[1] + ((point[1] - before[1]) * (minute - before[0])) / span;
    }
    before = point;
  }
  return before[1];
}

/** Builds a bar from each pair of neighboring prices. */
function minuteBars(
  request: SyntheticRequest,
  random: SeededRandom,
  label: string,
  priceAt: (session: number, minute: number) => number,
): SourcedBars {
  const sessions = NYSE_CALENDAR.sessionsBetween(request.from, request.to);
  const length = sessions.reduce((sum, session) => sum + minutesOf(session), 0);
  const bars = allocateBars(request.symbol, '1m', length);
  let row = 0;
  sessions.forEach((session, index) => {
    const minutes = minutesOf(session);
    let open = cents(priceAt(index, 0));
    for (let minute = 0; minute < minutes; minute++, row++) {
      const close = cents(minute + 1 < minutes ? priceAt(index, minute + 1) : open);
      const wick = open * MINUTE_VOLATILITY * 0.6;
      const high = cents(Math.max(open, close) + wick * random.next());
      const low = cents(Math.min(open, close) - wick * random.next());
      bars.start[row] = session.opensAt + minute * MINUTE_MS;
      bars.end[row] = session.opensAt + (minute + 1) * MINUTE_MS;
      bars.open[row] = open;
      bars.high[row] = Math.max(high, open, close);
      bars.low[row] = Math.max(0.01, Math.min(low, open, close));
      bars.close[row] = close;
      const move = Math.abs(close - open) / (open * MINUTE_VOLATILITY);
      bars.volume[row] = Math.round(
        MEAN_MINUTE_VOLUME * timeOfDayWeight(minute / minutes) * (0.6 + 0.8 * random.next()) * (0.7 + 0.5 * move),
      );
      open = close;
    }
  });
  return { ...bars, source: { kind: 'synthetic', label } };
}

/** A U over the day: the first and the last minutes trade about four times as much as those at noon. */
function timeOfDayWeight(fraction: number): number {
  const fromNoon = 2 * fraction - 1;
  return 0.6 + 1.8 * fromNoon * fromNoon;
}

function minutesOf(session: TradingSession): number {
  return (session.closesAt - session.opensAt) / MINUTE_MS;
}

function cents(price: number): number {
  return Math.max(1, Math.round(price * 100)) / 100;
}
