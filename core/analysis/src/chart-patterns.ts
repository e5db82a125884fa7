import { type Level, WALL_TOUCHES } from './levels.ts';
import { alternating, firstSwingAt, type PriceColumns, SWING_REACH, type Swing } from './swing-points.ts';

const FIRST_POINT_BARS = 60;
const DECAY_BARS = 10;
/** A close this far beyond a line confirms (in ATR). */
const BEYOND_ATR = 0.1;

const DOUBLE = { tolerance: 0.5, minBars: 5, depth: 1.5 };
const HEAD = { over: 0.75, shoulders: 0.75 };
const TRIANGLE_SHRINK = 0.7;
const FLAG = { poleAtr: 3, poleBars: 10, minBars: 5, maxBars: 15, giveBack: 0.5 };
const BREAK = { beyondAtr: 0.25, closesBefore: 3, heavyVolume: 1.5 };

export type ChartPatternName =
  | 'double_top'
  | 'double_bottom'
  | 'head_and_shoulders'
  | 'inverse_head_and_shoulders'
  | 'triangle'
  | 'flag'
  | 'level_break';

/** A shape in the swings. Unconfirmed ones are listed with score 0 and say which way they would point. */
export interface ChartPattern {
  readonly name: ChartPatternName;
  readonly direction: 1 | -1 | 0;
  /** 0 while unconfirmed. */
  readonly score: number;
  readonly confirmedRow: number | null;
  /** The price of the line that was or would be crossed. */
  readonly line: number;
}

interface Chart {
  readonly prices: PriceColumns;
  readonly row: number;
  readonly atr: number;
  readonly swings: readonly Swing[];
}

/**
 * Returns the chart patterns visible at `row` (Lo, Mamaysky and Wang 2000 in spirit): those whose first point is at most
 * 60 bars old, tolerances in the ATR of `row`. `relativeVolume` is asked for the bar of a level break.
 */
export function chartPatternsAt(
  prices: PriceColumns,
  row: number,
  atr: number,
  swings: readonly Swing[],
  levels: readonly Level[],
  relativeVolume: (row: number) => number,
): ChartPattern[] {
  const known = swings.slice(firstSwingAt(swings, row - FIRST_POINT_BARS), firstSwingAt(swings, row - SWING_REACH + 1));
  const chart: Chart = { prices, row, atr, swings: alternating(known) };
  return [
    ...doubles(chart),
    ...headsAndShoulders(chart),
    ...triangles(chart),
    ...flags(chart),
    ...levelBreaks(chart, levels, relativeVolume),
  ];
}

/** Returns Σ score·e^(−bars since confirmation / 10), within [−1, 1]. */
export function chartScore(patterns: readonly ChartPattern[], row: number): number {
  let sum = 0;
  for (const pattern of patterns) {
    if (pattern.confirmedRow !== null) sum += pattern.score * Math.exp((pattern.confirmedRow - row) / DECAY_BARS);
  }
  return Math.max(-1, Math.min(1, sum));
}

// In what follows `side` 1 reads a top and -1 a bottom: every price is multiplied by it, so one reading serves both.

function close(chart: Chart, row: number, side: number): number {
  return (chart.prices.close[row] as number) * side;
}

function far(chart: Chart, row: number, side: number): number {
  return side === 1 ? (chart.prices.high[row] as number) : -(chart.prices.low[row] as number);
}

function near(chart: Chart, row: number, side: number): number {
  return side === 1 ? (chart.prices.low[row] as number) : -(chart.prices.high[row] as number);
}

/** A turn is confirmed by the first close beyond its line, unless a close beyond its extreme comes before. */
function turn(
  chart: Chart,
  name: ChartPatternName,
  last: Swing,
  extreme: number,
  lineAt: (row: number) => number,
): ChartPattern[] {
  const side = last.side;
  const direction = side === 1 ? -1 : 1;
  const margin = BEYOND_ATR * chart.atr;
  for (let row = last.row + 1; row <= chart.row; row++) {
    const line = lineAt(row);
    if (close(chart, row, side) > extreme + margin) return [];
    if (close(chart, row, side) < line - margin) {
      // The last swing is known only later than a very quick break, and a pattern does not exist before it is known.
      return [
        { name, direction, score: direction, confirmedRow: Math.max(row, last.row + SWING_REACH), line: line * side },
      ];
    }
  }
  return [{ name, direction, score: 0, confirmedRow: null, line: lineAt(chart.row) * side }];
}

function doubles(chart: Chart): ChartPattern[] {
  const { swings, atr } = chart;
  const found: ChartPattern[] = [];
  for (let i = 0; i + 2 < swings.length; i++) {
    const [first, valley, second] = [swings[i], swings[i + 1], swings[i + 2]] as [Swing, Swing, Swing];
    const side = first.side;
    const a = first.price * side;
    const b = second.price * side;
    const v = valley.price * side;
    if (Math.abs(a - b) > DOUBLE.tolerance * atr || second.row - first.row < DOUBLE.minBars) continue;
    if (Math.min(a, b) - v < DOUBLE.depth * atr) continue;
    found.push(...turn(chart, side === 1 ? 'double_top' : 'double_bottom', second, Math.max(a, b), () => v));
  }
  return found;
}

function headsAndShoulders(chart: Chart): ChartPattern[] {
  const { swings, atr } = chart;
  const found: ChartPattern[] = [];
  for (let i = 0; i + 4 < swings.length; i++) {
    const [left, valley1, head, valley2, right] = swings.slice(i, i + 5) as [Swing, Swing, Swing, Swing, Swing];
    const side = left.side;
    const shoulder = Math.max(left.price * side, right.price * side);
    if (head.price * side - shoulder < HEAD.over * atr || Math.abs(left.price - right.price) > HEAD.shoulders * atr)
      continue;
    const neckline = lineThrough(valley1, valley2);
    const name = side === 1 ? 'head_and_shoulders' : 'inverse_head_and_shoulders';
    found.push(...turn(chart, name, right, head.price * side, (row) => neckline(row) * side));
  }
  return found;
}

function triangles(chart: Chart): ChartPattern[] {
  const { swings, atr } = chart;
  const found: ChartPattern[] = [];
  for (let i = 0; i + 3 < swings.length; i++) {
    const [a, b, c, d] = swings.slice(i, i + 4) as [Swing, Swing, Swing, Swing];
    if (Math.abs(c.price - d.price) > TRIANGLE_SHRINK * Math.abs(a.price - b.price)) continue;
    const upper = a.side === 1 ? lineThrough(a, c) : lineThrough(b, d);
    const lower = a.side === 1 ? lineThrough(b, d) : lineThrough(a, c);
    found.push(...triangleBreak(chart, d, upper, lower, BEYOND_ATR * atr));
  }
  return found;
}

function triangleBreak(
  chart: Chart,
  last: Swing,
  upper: (row: number) => number,
  lower: (row: number) => number,
  margin: number,
): ChartPattern[] {
  for (let row = last.row + 1; row <= chart.row; row++) {
    // Past the point where its lines meet there is no triangle left.
    if (upper(row) <= lower(row)) return [];
    const price = chart.prices.close[row] as number;
    const direction = price > upper(row) + margin ? 1 : price < lower(row) - margin ? -1 : 0;
    if (direction === 0) continue;
    const line = direction === 1 ? upper(row) : lower(row);
    return [
      {
        name: 'triangle',
        direction,
        score: 0.7 * direction,
        confirmedRow: Math.max(row, last.row + SWING_REACH),
        line,
      },
    ];
  }
  return [{ name: 'triangle', direction: 0, score: 0, confirmedRow: null, line: upper(chart.row) }];
}

function flags(chart: Chart): ChartPattern[] {
  const { swings, atr } = chart;
  const found: ChartPattern[] = [];
  for (let i = 0; i + 1 < swings.length; i++) {
    const [base, tip] = [swings[i], swings[i + 1]] as [Swing, Swing];
    const pole = (tip.price - base.price) * tip.side;
    if (pole < FLAG.poleAtr * atr || tip.row - base.row > FLAG.poleBars) continue;
    const flag = flagAfter(chart, tip, pole);
    if (flag !== null) found.push(flag);
  }
  return found;
}

/** Follows the bars after a pole's tip: five to fifteen that give back at most half of it, then a close beyond them. */
function flagAfter(chart: Chart, tip: Swing, pole: number): ChartPattern | null {
  const side = tip.side;
  let edge = Number.NEGATIVE_INFINITY;
  for (let row = tip.row + 1; row <= chart.row; row++) {
    const barsBefore = row - tip.row - 1;
    if (barsBefore > FLAG.maxBars) return null;
    if (barsBefore >= FLAG.minBars && close(chart, row, side) > edge) {
      return {
        name: 'flag',
        direction: side,
        score: 0.7 * side,
        confirmedRow: Math.max(row, tip.row + SWING_REACH),
        line: edge * side,
      };
    }
    if (near(chart, row, side) < tip.price * side - FLAG.giveBack * pole || close(chart, row, side) > tip.price * side)
      return null;
    edge = Math.max(edge, far(chart, row, side));
  }
  return chart.row - tip.row < FLAG.minBars
    ? null
    : { name: 'flag', direction: side, score: 0, confirmedRow: null, line: edge * side };
}

/** Of each wall the latest break: a close a quarter ATR beyond it after three closes on the other side. */
function levelBreaks(chart: Chart, levels: readonly Level[], relativeVolume: (row: number) => number): ChartPattern[] {
  const found: ChartPattern[] = [];
  const oldest = Math.max(BREAK.closesBefore, chart.row - FIRST_POINT_BARS);
  for (const level of levels) {
    if (level.touches < WALL_TOUCHES) continue;
    for (let row = chart.row; row >= oldest; row--) {
      const direction = breakAt(chart, level.price, row);
      if (direction === 0) continue;
      const score = relativeVolume(row) >= BREAK.heavyVolume ? 1 : 0.7;
      found.push({ name: 'level_break', direction, score: score * direction, confirmedRow: row, line: level.price });
      break;
    }
  }
  return found;
}

function breakAt(chart: Chart, level: number, row: number): 1 | -1 | 0 {
  const beyond = (chart.prices.close[row] as number) - level;
  if (Math.abs(beyond) <= BREAK.beyondAtr * chart.atr) return 0;
  const side = beyond > 0 ? 1 : -1;
  for (let k = 1; k <= BREAK.closesBefore; k++) {
    if (((chart.prices.close[row - k] as number) - level) * side >= 0) return 0;
  }
  return side;
}

function lineThrough(a: Swing, b: Swing): (row: number) => number {
  const slope = (b.price - a.price) / (b.row - a.row);
  return (row) => a.price + slope * (row - a.row);
}
