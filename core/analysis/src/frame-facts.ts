import type { Timeframe } from '@bellwether/domain';
import type { FactorName, FrameReading } from './frame-reading.ts';
import type { Level } from './levels.ts';
import { formatOnIncrement } from './price-step.ts';

export type FactGroup = 'price' | 'volatility' | FactorName;
export type FactUnit = 'price' | 'atr' | 'percent' | 'index' | 'sigma' | 'ratio' | 'score';

/** One thing an analyst may know. `polarity` is code's own reading (1 up, -1 down, 0 neither) and is not shown to a model. */
export interface Fact {
  /** Stable and readable, such as `1d.trend.ema20_50`. */
  readonly id: string;
  readonly group: FactGroup;
  readonly timeframe: Timeframe;
  readonly value: number;
  readonly unit: FactUnit;
  readonly polarity: 1 | -1 | 0;
  readonly text: string;
}

/** Prints a number with its sign kept honest: "-0.00" becomes "0.00". */
export function fixed(value: number, digits: number): string {
  const text = value.toFixed(digits);
  return Number(text) === 0 ? text.replace('-', '') : text;
}

/** The same with a plus sign before what is above zero. */
export function signed(value: number, digits: number): string {
  const text = fixed(value, digits);
  return Number(text) > 0 ? `+${text}` : text;
}

/** Returns a frame's facts, the most telling first. Facts whose inputs are missing or not warm are absent. */
export function frameFacts(timeframe: Timeframe, reading: FrameReading): Fact[] {
  const facts: Fact[] = [];
  const add = (group: FactGroup, name: string, value: number, unit: FactUnit, lean: number, text: string) => {
    if (!Number.isFinite(value)) return;
    const polarity = lean > 0 ? 1 : lean < 0 ? -1 : 0;
    facts.push({ id: `${timeframe}.${group}.${name}`, group, timeframe, value, unit, polarity, text });
  };
  const { emaGap, adx, rsi, close, atr } = reading;
  add('trend', 'ema20_50', emaGap, 'atr', emaGap, emaText(emaGap));
  add('momentum', 'rsi14', rsi, 'index', rsi - 50, `RSI ${fixed(rsi, 1)}`);
  add('trend', 'adx14', adx, 'index', 0, `ADX ${fixed(adx, 1)}`);
  add(
    'trend',
    'slope40',
    reading.rSquared,
    'ratio',
    reading.slope,
    `40-bar slope ${direction(reading.slope)}, R² ${fixed(reading.rSquared, 2)}`,
  );
  add('structure', 'swings', reading.highs + reading.lows, 'score', reading.highs + reading.lows, swingText(reading));
  addLevel(add, 'resistance', reading.resistance, reading);
  addLevel(add, 'support', reading.support, reading);
  add(
    'momentum',
    'return60',
    reading.return60,
    'sigma',
    reading.return60,
    `60-bar return ${signed(reading.return60, 2)} σ√60`,
  );
  add(
    'volatility',
    'atr14',
    atr,
    'price',
    0,
    `ATR ${formatOnIncrement(atr)} (${fixed((100 * atr) / close, 1)} % of price)${reading.calm < 1 ? ', high' : ''}`,
  );
  add('volume', 'cmf20', reading.cmf, 'ratio', reading.cmf, `money flow ${signed(reading.cmf, 2)}`);
  add(
    'momentum',
    'macd_histogram',
    reading.histogram,
    'atr',
    reading.histogram,
    `MACD histogram ${signed(reading.histogram, 2)} ATR`,
  );
  add('patterns', 'chart', reading.chart, 'score', reading.chart, `charts ${chartText(reading)}`);
  add('volume', 'rvol', reading.rvol, 'ratio', 0, `volume ${fixed(reading.rvol, 2)} × usual`);
  add('trend', 'cta', reading.cta, 'score', reading.cta, `trend response ${signed(reading.cta, 2)}`);
  add(
    'patterns',
    'candle',
    reading.candle?.score ?? 0,
    'score',
    reading.candle?.score ?? 0,
    `candle ${reading.candle?.name.replaceAll('_', ' ') ?? 'none'}`,
  );
  add('price', 'close', close, 'price', 0, `close ${formatOnIncrement(close)}`);
  return facts;
}

/** Returns what a factor rests on, in words: "EMA20 above EMA50 by 0.82 ATR, ADX 27, R² 0.71". */
export function factorText(factor: FactorName, reading: FrameReading): string {
  const parts: string[] = [];
  const add = (value: number, text: string) => {
    if (Number.isFinite(value)) parts.push(text);
  };
  switch (factor) {
    case 'trend':
      add(reading.emaGap, emaText(reading.emaGap));
      add(reading.adx, `ADX ${fixed(reading.adx, 0)}`);
      add(reading.rSquared, `R² ${fixed(reading.rSquared, 2)} ${direction(reading.slope)}`);
      break;
    case 'momentum':
      add(reading.return60, `60-bar return ${signed(reading.return60, 2)} σ√60`);
      add(reading.rsi, `RSI ${fixed(reading.rsi, 0)}`);
      add(reading.histogram, `MACD histogram ${signed(reading.histogram, 2)} ATR`);
      break;
    case 'structure':
      add(reading.highs + reading.lows, swingText(reading));
      add(reading.room, `room ${signed(reading.room, 2)}`);
      break;
    case 'volume':
      add(reading.cmf, `money flow ${signed(reading.cmf, 2)}`);
      add(reading.rvol, `volume ${fixed(reading.rvol, 2)} × usual`);
      break;
    case 'patterns':
      parts.push(chartText(reading));
      if (reading.candle !== null) parts.push(reading.candle.name.replaceAll('_', ' '));
      break;
  }
  return parts.join(', ');
}

/** The names of the facts that a factor is made of, most telling first. */
export const FACTOR_EVIDENCE: Readonly<Record<FactorName, readonly string[]>> = {
  trend: ['trend.ema20_50', 'trend.adx14', 'trend.slope40', 'trend.cta'],
  momentum: ['momentum.return60', 'momentum.rsi14', 'momentum.macd_histogram'],
  structure: ['structure.swings', 'structure.resistance', 'structure.support'],
  volume: ['volume.cmf20', 'volume.rvol'],
  patterns: ['patterns.chart', 'patterns.candle'],
};

/** Returns a level in words: "163.43, 2 touches" or "163.43, pivot r1". */
export function levelText(level: Level): string {
  const what =
    level.source === 'swing'
      ? `${level.touches} ${level.touches === 1 ? 'touch' : 'touches'}`
      : level.source.replaceAll('_', ' ');
  return `${formatOnIncrement(level.price)}, ${what}`;
}

type AddFact = (group: FactGroup, name: string, value: number, unit: FactUnit, lean: number, text: string) => void;

function addLevel(add: AddFact, name: 'resistance' | 'support', level: Level | null, reading: FrameReading): void {
  if (level === null) return;
  const distance = Math.abs(level.price - reading.close) / reading.atr;
  add('structure', name, distance, 'atr', 0, `${name} ${fixed(distance, 2)} ATR away at ${levelText(level)}`);
}

function emaText(gap: number): string {
  return `EMA20 ${gap < 0 ? 'below' : 'above'} EMA50 by ${fixed(Math.abs(gap), 2)} ATR`;
}

function direction(slope: number): string {
  return slope > 0 ? 'up' : slope < 0 ? 'down' : 'flat';
}

function swingText(reading: FrameReading): string {
  const word = (sign: number) => (sign > 0 ? 'higher' : sign < 0 ? 'lower' : 'equal');
  return `${word(reading.highs)} high, ${word(reading.lows)} low`;
}

function chartText(reading: FrameReading): string {
  if (reading.charts.length === 0) return 'none';
  const strongest = reading.charts.toSorted((a, b) => (b.confirmedRow ?? -1) - (a.confirmedRow ?? -1))[0];
  if (strongest === undefined) return 'none';
  const state = strongest.confirmedRow === null ? 'forming' : `${reading.row - strongest.confirmedRow} bars ago`;
  const way = strongest.direction > 0 ? ' up' : strongest.direction < 0 ? ' down' : '';
  return `${signed(reading.chart, 2)}, ${strongest.name.replaceAll('_', ' ')}${way} ${state}`;
}
