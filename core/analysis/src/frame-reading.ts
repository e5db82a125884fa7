import { type CandlePattern, candlePatternAt } from './candle-patterns.ts';
import { type ChartPattern, chartPatternsAt, chartScore } from './chart-patterns.ts';
import type { FrameColumns } from './frame-columns.ts';
import { type Level, levelsAt } from './levels.ts';
import type { SessionRange } from './session-columns.ts';
import { firstSwingAt, SWING_REACH, type Swing } from './swing-points.ts';

export const FACTORS = ['trend', 'momentum', 'structure', 'volume', 'patterns'] as const;
export type FactorName = (typeof FACTORS)[number];

/** What each factor weighs in a frame. */
export const FACTOR_WEIGHTS: Readonly<Record<FactorName, number>> = {
  trend: 0.35,
  momentum: 0.25,
  structure: 0.2,
  volume: 0.15,
  patterns: 0.05,
};

/** One timeframe read at the close of one bar. Distances are in ATR14; NaN where a term's inputs are missing or not warm. */
export interface FrameReading {
  readonly row: number;
  readonly close: number;
  readonly atr: number;
  /** High − low of the newest bar, in ATR. */
  readonly range: number;
  readonly emaGap: number;
  readonly adx: number;
  readonly cta: number;
  readonly slope: number;
  readonly rSquared: number;
  /** Log return of 60 bars over σ√60. */
  readonly return60: number;
  readonly rsi: number;
  /** MACD histogram in ATR. */
  readonly histogram: number;
  /** Sign of the change between the last two swing highs, and lows. */
  readonly highs: number;
  readonly lows: number;
  readonly room: number;
  readonly resistance: Level | null;
  readonly support: Level | null;
  readonly cmf: number;
  readonly rvol: number;
  readonly charts: readonly ChartPattern[];
  readonly chart: number;
  readonly candle: CandlePattern | null;
  readonly levels: readonly Level[];
  /** Each factor's x in [−1, 1]. */
  readonly factors: Readonly<Record<FactorName, number>>;
  /** s = Σwx/Σw over the factors that are there. */
  readonly mean: number;
  /** g = |Σwx|/Σw|x|; 0 where nothing points anywhere. */
  readonly agreement: number;
  /** v: 0.75 while ATR/close is above its 95th percentile of 100 bars, else 1. */
  readonly calm: number;
  /** s′ = s·(½ + ½g)·v. */
  readonly score: number;
}

/** What a frame is read with besides its columns. */
export interface FrameSurroundings {
  relativeVolume(row: number): number;
  previousSession(row: number): SessionRange | null;
}

const SLOPE_BARS = 40;
const RETURN_BARS = 60;
const MONEY_FLOW_BARS = 20;
const SPREAD_BARS = 252;
const SPREAD_BARS_NEEDED = 20;
/** The peak of z·e^(−z²/4), at z = √2. */
const CTA_PEAK = 0.858;
const VOLATILITY_BARS = 100;
const VOLATILITY_RANK = 95;
const ROOM_CAP = 6;
const ROOM_SKIP = 0.1;

/** Returns what the bars up to and including `row` say, or null while there is no ATR. Later rows are never looked at. */
export function readFrame(columns: FrameColumns, row: number, surroundings: FrameSurroundings): FrameReading | null {
  const { bars } = columns;
  const atr = columns.atr[row] as number;
  if (!(atr > 0)) return null;
  const close = bars.close[row] as number;
  const rvol = surroundings.relativeVolume(row);
  const levels = levelsAt(columns.swings, row, atr, surroundings.previousSession(row));

  const emaGap = ((columns.ema20[row] as number) - (columns.ema50[row] as number)) / atr;
  const adx = columns.adx[row] as number;
  const cta = ctaAt(columns, row);
  const { slope, rSquared } = regressionAt(columns.logClose, row);
  const return60 = returnAt(columns.logClose, row);
  const rsi = columns.rsi[row] as number;
  const histogram = (columns.histogram[row] as number) / atr;
  const { highs, lows } = swingSigns(columns.swings, row);
  const { room, resistance, support } = roomAt(levels, close, atr);
  const cmf = moneyFlowAt(columns, row);
  const charts = chartPatternsAt(bars, row, atr, columns.swings, levels, (at) => surroundings.relativeVolume(at));
  const chart = chartScore(charts, row);
  const candle = candlePatternAt(bars, row, atr);

  const factors = {
    trend: trendScore(emaGap, adx, cta, slope, rSquared),
    momentum: momentumScore(return60, rsi, histogram),
    structure: clip(weightedMean([0.6, (highs + lows) / 2], [0.4, room])),
    volume: volumeScore(cmf, row > 0 ? Math.sign(close - (bars.close[row - 1] as number)) : Number.NaN, rvol),
    patterns: clip(0.6 * chart + 0.4 * (candle?.score ?? 0)),
  };
  let sum = 0;
  let magnitude = 0;
  let weights = 0;
  for (const name of FACTORS) {
    const score = factors[name];
    if (score !== score) continue;
    sum += FACTOR_WEIGHTS[name] * score;
    magnitude += FACTOR_WEIGHTS[name] * Math.abs(score);
    weights += FACTOR_WEIGHTS[name];
  }
  const mean = weights > 0 ? sum / weights : 0;
  const agreement = magnitude > 0 ? Math.abs(sum) / magnitude : 0;
  const calm = isVolatile(columns, row) ? 0.75 : 1;
  return {
    row,
    close,
    atr,
    range: ((bars.high[row] as number) - (bars.low[row] as number)) / atr,
    emaGap,
    adx,
    cta,
    slope,
    rSquared,
    return60,
    rsi,
    histogram,
    highs,
    lows,
    room,
    resistance,
    support,
    cmf,
    rvol,
    charts,
    chart,
    candle,
    levels,
    factors,
    mean,
    agreement,
    calm,
    score: mean * (0.5 + 0.5 * agreement) * calm,
  };
}

/** Returns the swings of one side that are known at `row`, newest first, at most `count`. */
export function lastSwings(swings: readonly Swing[], row: number, side: 1 | -1, count: number): Swing[] {
  const found: Swing[] = [];
  for (let i = firstSwingAt(swings, row - SWING_REACH + 1) - 1; i >= 0 && found.length < count; i--) {
    const swing = swings[i] as Swing;
    if (swing.side === side) found.push(swing);
  }
  return found;
}

export function clip(value: number, low = -1, high = 1): number {
  return value < low ? low : value > high ? high : value;
}

/** Leaves out terms that are NaN and renormalizes the weights of the others; NaN when none is left. */
function weightedMean(...terms: readonly (readonly [weight: number, value: number])[]): number {
  let sum = 0;
  let weights = 0;
  for (const [weight, value] of terms) {
    if (value !== value) continue;
    sum += weight * value;
    weights += weight;
  }
  return weights > 0 ? sum / weights : Number.NaN;
}

/** Wilder 1978 for the damping by ADX; Clenow for slope × R²; an ADX that is not warm damps as the weakest does. */
function trendScore(emaGap: number, adx: number, cta: number, slope: number, rSquared: number): number {
  const strength = adx === adx ? clip((adx - 15) / 15, 0.25, 1) : 0.25;
  return strength * weightedMean([0.35, Math.tanh(emaGap)], [0.35, cta], [0.3, Math.sign(slope) * rSquared]);
}

/** Moskowitz, Ooi and Pedersen 2012, with RSI and MACD; damped where it is stretched. */
function momentumScore(return60: number, rsi: number, histogram: number): number {
  const score = weightedMean(
    [0.5, Math.tanh(return60 / 1.5)],
    [0.3, clip((rsi - 50) / 25)],
    [0.2, Math.tanh(histogram / 0.15)],
  );
  return (rsi > 78 && score > 0) || (rsi < 22 && score < 0) ? 0.4 * score : score;
}

function volumeScore(cmf: number, direction: number, rvol: number): number {
  return weightedMean([0.8, clip(3 * cmf)], [0.2, direction * clip(Math.log(rvol), 0, 1)]);
}

/** Mean response of the three spreads: z·e^(−z²/4), 1 at its peak, fading when stretched (Baz, Granger, Harvey, Le Roux, Rattray 2015). */
function ctaAt(columns: FrameColumns, row: number): number {
  let sum = 0;
  let count = 0;
  for (const spread of columns.spreads) {
    const z = (spread[row] as number) / rootMeanSquare(spread, row);
    if (z !== z) continue;
    sum += (z * Math.exp((-z * z) / 4)) / CTA_PEAK;
    count++;
  }
  return count > 0 ? sum / count : Number.NaN;
}

function rootMeanSquare(spread: Float64Array, row: number): number {
  let sum = 0;
  let count = 0;
  for (let i = Math.max(0, row - SPREAD_BARS + 1); i <= row; i++) {
    const value = spread[i] as number;
    if (value !== value) continue;
    sum += value * value;
    count++;
  }
  return count >= SPREAD_BARS_NEEDED && sum > 0 ? Math.sqrt(sum / count) : Number.NaN;
}

/** Least squares of ln close over the last 40 bars; R² is 0 on a flat line. */
function regressionAt(logClose: Float64Array, row: number): { slope: number; rSquared: number } {
  if (row + 1 < SLOPE_BARS) return { slope: Number.NaN, rSquared: Number.NaN };
  const first = row - SLOPE_BARS + 1;
  const middle = (SLOPE_BARS - 1) / 2;
  let mean = 0;
  for (let i = 0; i < SLOPE_BARS; i++) mean += logClose[first + i] as number;
  mean /= SLOPE_BARS;
  let covariance = 0;
  let variance = 0;
  for (let i = 0; i < SLOPE_BARS; i++) {
    const deviation = (logClose[first + i] as number) - mean;
    covariance += (i - middle) * deviation;
    variance += deviation * deviation;
  }
  const spread = (SLOPE_BARS * (SLOPE_BARS * SLOPE_BARS - 1)) / 12;
  return { slope: covariance / spread, rSquared: variance > 0 ? (covariance * covariance) / (spread * variance) : 0 };
}

/** σ is the population deviation of the same 60 one-bar log returns. */
function returnAt(logClose: Float64Array, row: number): number {
  if (row < RETURN_BARS) return Number.NaN;
  const total = (logClose[row] as number) - (logClose[row - RETURN_BARS] as number);
  const mean = total / RETURN_BARS;
  let squares = 0;
  for (let i = row - RETURN_BARS + 1; i <= row; i++) {
    const deviation = (logClose[i] as number) - (logClose[i - 1] as number) - mean;
    squares += deviation * deviation;
  }
  return squares > 0 ? total / Math.sqrt(squares) : Number.NaN;
}

/** Chaikin: Σ volume·(2C − H − L)/(H − L) over Σ volume of 20 bars; NaN when nothing traded. */
function moneyFlowAt(columns: FrameColumns, row: number): number {
  if (row + 1 < MONEY_FLOW_BARS) return Number.NaN;
  const { high, low, close, volume } = columns.bars;
  let flow = 0;
  let total = 0;
  for (let i = row - MONEY_FLOW_BARS + 1; i <= row; i++) {
    const range = (high[i] as number) - (low[i] as number);
    if (range > 0)
      flow += ((volume[i] as number) * (2 * (close[i] as number) - (high[i] as number) - (low[i] as number))) / range;
    total += volume[i] as number;
  }
  return total > 0 ? flow / total : Number.NaN;
}

function swingSigns(swings: readonly Swing[], row: number): { highs: number; lows: number } {
  const change = (side: 1 | -1) => {
    const [last, before] = lastSwings(swings, row, side, 2);
    return last === undefined || before === undefined ? Number.NaN : Math.sign(last.price - before.price);
  };
  return { highs: change(1), lows: change(-1) };
}

/** Room to the next level above against the next below; a level within 0.1 ATR is where the price is, not where it may go. */
function roomAt(
  levels: readonly Level[],
  close: number,
  atr: number,
): { room: number; resistance: Level | null; support: Level | null } {
  let resistance: Level | null = null;
  let support: Level | null = null;
  for (const level of levels) {
    if (level.price < close - ROOM_SKIP * atr) support = level;
    else if (resistance === null && level.price > close + ROOM_SKIP * atr) resistance = level;
  }
  const up = resistance === null ? ROOM_CAP : Math.min(ROOM_CAP, (resistance.price - close) / atr);
  const down = support === null ? ROOM_CAP : Math.min(ROOM_CAP, (close - support.price) / atr);
  return { room: (up - down) / (up + down), resistance, support };
}

function isVolatile(columns: FrameColumns, row: number): boolean {
  const { close } = columns.bars;
  const now = (columns.atr[row] as number) / (close[row] as number);
  let below = 0;
  for (let i = Math.max(0, row - VOLATILITY_BARS + 1); i <= row; i++) {
    if ((columns.atr[i] as number) / (close[i] as number) < now) below++;
  }
  return below >= VOLATILITY_RANK;
}
