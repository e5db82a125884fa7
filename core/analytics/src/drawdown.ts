import type { EpochMs } from '@bellwether/domain';
import { dailyReturns, type EquityDay, unitValues } from './equity-curve.ts';

export interface CurvePoint {
  readonly at: EpochMs;
  readonly value: number;
}

/** A fall from a peak; `depth` is USD or percent. `recoveredAt` is the first point back at the peak, null while there is none. */
export interface Drawdown {
  readonly depth: number;
  readonly peakAt: EpochMs;
  readonly troughAt: EpochMs;
  readonly recoveredAt: EpochMs | null;
}

/** Returns the largest max(P₀…P_t) − P_t; null when the curve never falls. The first point is the capital before any trade. */
export function largestFall(points: readonly CurvePoint[]): Drawdown | null {
  return deepest(points, (peak, value) => peak - value);
}

/** Returns the largest fall in percent of its own peak, perhaps another one than the largest amount. Peaks of 0 or less have none. */
export function largestFallPct(points: readonly CurvePoint[]): Drawdown | null {
  return deepest(points, (peak, value) => (peak > 0 ? (100 * (peak - value)) / peak : 0));
}

function deepest(points: readonly CurvePoint[], depthOf: (peak: number, value: number) => number): Drawdown | null {
  let peak: CurvePoint | undefined;
  let found: { depth: number; peak: CurvePoint; trough: number } | null = null;
  points.forEach((point, i) => {
    if (peak === undefined || point.value > peak.value) peak = point;
    const depth = depthOf(peak.value, point.value);
    if (depth > (found?.depth ?? 0)) found = { depth, peak, trough: i };
  });
  return found === null ? null : described(points, found);
}

function described(
  points: readonly CurvePoint[],
  found: { depth: number; peak: CurvePoint; trough: number },
): Drawdown {
  const { depth, peak, trough } = found;
  const recovered = points.find((point, i) => i > trough && point.value >= peak.value);
  return { depth, peakAt: peak.at, troughAt: (points[trough] as CurvePoint).at, recoveredAt: recovered?.at ?? null };
}

export interface EquityDrawdowns {
  readonly amount: Drawdown | null;
  readonly pct: Drawdown | null;
}

/** Returns the drawdowns of a curve with cash flows: amounts on equity less net deposits, percents on the unit value. */
export function equityDrawdowns(startAt: EpochMs, start: number, days: readonly EquityDay[]): EquityDrawdowns {
  let deposits = 0;
  const net = days.map(({ at, equity, flow }) => {
    deposits += flow;
    return { at, value: equity - deposits };
  });
  const amount = largestFall([{ at: startAt, value: start }, ...net]);
  const returns = dailyReturns(start, days);
  if (returns === null) return { amount, pct: null };
  const units = unitValues(returns).map((value, i) => ({ at: days[i - 1]?.at ?? startAt, value }));
  return { amount, pct: largestFallPct(units) };
}
