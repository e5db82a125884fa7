import { barIndexAt, toChartTime } from '../chart-time.ts';
import { formatPrice, formatQuantity } from '../format.ts';
import type { ChartPicture, PaintedLevel, PaintedZone } from './candle-painter.ts';

export interface ChartBar {
  readonly time: string;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}
type Level = string | number | null;
export interface ChartLevels {
  readonly entry: Level;
  readonly stop: Level;
  readonly initial_stop: Level;
  readonly target_1: Level;
  readonly target_2: Level;
}
export interface ChartFill {
  readonly time: string;
  readonly side: string;
  readonly quantity: string;
  readonly price: string;
}

const BARS_IN_VIEW = 120;
const BARS_AFTER = 12;
/** Empty bars on the right, so that the names of levels cover no candle. */
const ROOM_FOR_LABELS = 12;

/** Bars, levels and fills as what is to be painted. Positions on a canvas are the one place where a price may become a float. */
export function chartPicture(
  bars: readonly ChartBar[],
  timeframe: string,
  levels: ChartLevels | null,
  fills: readonly ChartFill[],
  decidedAt: string | null,
): ChartPicture {
  const candles = bars.map((bar) => ({
    time: toChartTime(bar.time, timeframe),
    open: bar.open,
    high: bar.high,
    low: bar.low,
    close: bar.close,
  }));
  const lines = levels === null ? [] : levelLines(levels);
  const marks = fills
    .map((fill) => ({ fill, index: barIndexAt(bars, fill.time, timeframe) }))
    .filter(({ index }) => index >= 0)
    .sort((a, b) => a.index - b.index)
    .flatMap(({ fill, index }) => {
      const candle = candles[index];
      const side = isBuy(fill.side) ? ('buy' as const) : ('sell' as const);
      return candle
        ? [{ time: candle.time, side, text: `${side} ${formatQuantity(fill.quantity)} @ ${formatPrice(fill.price)}` }]
        : [];
    });
  const begin = decidedAt ?? fills[0]?.time;
  const beginIndex = begin === undefined ? -1 : barIndexAt(bars, begin, timeframe);
  const lastFill = fills.length > 1 ? fills.at(-1) : undefined;
  const endIndex = lastFill === undefined ? candles.length - 1 : barIndexAt(bars, lastFill.time, timeframe);
  const isDaily = timeframe === '1d';
  return {
    candles,
    levels: lines,
    marks,
    zones: zones(levels, candles[beginIndex]?.time, candles[endIndex]?.time),
    isDaily,
    view: view(candles.length, beginIndex, endIndex),
  };
}

export function isBuy(side: string): boolean {
  return side === 'buy' || side === 'long';
}

function levelLines(levels: ChartLevels): PaintedLevel[] {
  const lines: PaintedLevel[] = [];
  const add = (value: Level, title: string, tone: PaintedLevel['tone'], isDashed = false) => {
    const price = toNumber(value);
    if (price !== undefined) lines.push({ price, title, tone, isDashed });
  };
  add(levels.entry, 'Entry', 'entry');
  add(levels.stop ?? levels.initial_stop, 'Stop', 'stop');
  if (levels.initial_stop !== null && levels.stop !== null && Number(levels.initial_stop) !== Number(levels.stop)) {
    add(levels.initial_stop, 'First stop', 'stop', true);
  }
  add(levels.target_1, 'T1', 'target');
  add(levels.target_2, 'T2', 'target', true);
  return lines;
}

function zones(
  levels: ChartLevels | null,
  fromTime: PaintedZone['fromTime'] | undefined,
  toTime: PaintedZone['toTime'] | undefined,
): PaintedZone[] {
  const entry = toNumber(levels?.entry ?? null);
  if (levels === null || entry === undefined || fromTime === undefined || toTime === undefined) return [];
  const found: PaintedZone[] = [];
  const risk = toNumber(levels.initial_stop ?? levels.stop);
  const reward = toNumber(levels.target_2 ?? levels.target_1);
  if (risk !== undefined) found.push({ fromTime, toTime, entry, other: risk, tone: 'risk' });
  if (reward !== undefined) found.push({ fromTime, toTime, entry, other: reward, tone: 'reward' });
  return found;
}

function view(count: number, begin: number, end: number): ChartPicture['view'] {
  if (count <= BARS_IN_VIEW) return undefined;
  const to = begin < 0 ? count - 1 : Math.min(count - 1, Math.max(end, begin) + BARS_AFTER);
  const from = Math.max(0, Math.min(to - BARS_IN_VIEW, begin < 0 ? to - BARS_IN_VIEW : begin - BARS_IN_VIEW / 3));
  return { from, to: to + ROOM_FOR_LABELS };
}

function toNumber(value: Level): number | undefined {
  if (value === null) return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}
