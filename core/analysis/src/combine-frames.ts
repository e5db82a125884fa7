import type { Timeframe } from '@bellwether/domain';
import { FACTOR_WEIGHTS, FACTORS, type FactorName, type FrameReading } from './frame-reading.ts';

const FEW_FRAMES: readonly (readonly number[])[] = [[1], [0.6, 0.4], [0.5, 0.3, 0.2], [0.4, 0.3, 0.2, 0.1]];

/** Returns how much each of `count` timeframes weighs, the slowest first; they add up to 1. */
export function frameWeights(count: number): readonly number[] {
  const known = FEW_FRAMES[count - 1];
  if (known !== undefined) return known;
  const total = (count * (count + 1)) / 2;
  return Array.from({ length: count }, (_, i) => (count - i) / total);
}

/** One factor of one timeframe and its exact share of the score. */
export interface Contribution {
  readonly timeframe: Timeframe;
  readonly factor: FactorName;
  readonly value: number;
}

export interface CombinedScore {
  /** S in [−1, 1]. */
  readonly score: number;
  /** |Σws′|/Σw|s′|: 1 when every frame points the same way, 0 when nothing points anywhere. */
  readonly agreement: number;
  /** They add up to the score; slowest frame first, factors in their order. */
  readonly contributions: readonly Contribution[];
}

/** Combines frames given slowest first: S = (½ + ½·agreement)·Σws′/Σw. */
export function combineFrames(
  frames: readonly { readonly timeframe: Timeframe; readonly reading: FrameReading }[],
): CombinedScore {
  const weights = frameWeights(frames.length);
  let sum = 0;
  let magnitude = 0;
  frames.forEach(({ reading }, i) => {
    sum += (weights[i] as number) * reading.score;
    magnitude += (weights[i] as number) * Math.abs(reading.score);
  });
  const agreement = magnitude > 0 ? Math.abs(sum) / magnitude : 0;
  const together = 0.5 + 0.5 * agreement;
  const contributions = frames.flatMap(({ timeframe, reading }, i) => {
    const share = together * (weights[i] as number) * (0.5 + 0.5 * reading.agreement) * reading.calm;
    const present = FACTORS.filter((factor) => !Number.isNaN(reading.factors[factor]));
    const total = present.reduce((weight, factor) => weight + FACTOR_WEIGHTS[factor], 0);
    return present.map((factor) => ({
      timeframe,
      factor,
      value: (share * FACTOR_WEIGHTS[factor] * reading.factors[factor]) / total,
    }));
  });
  return { score: together * sum, agreement, contributions };
}
