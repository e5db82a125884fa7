import type { Refusal } from '@bellwether/domain';

export interface Levels {
  readonly side: 'buy' | 'sell';
  readonly entry: number;
  readonly stop: number | null;
  readonly target1: number | null;
  readonly target2: number | null;
  readonly minRiskReward: number | null;
  /** One increment of tolerance in the reward-to-risk check, so that rounding to the tick cannot fail a legal plan. */
  readonly priceIncrement: number;
}

/** Returns the first broken rule of a plan's levels (S < entry < T1 < T2 for a buy, mirrored for a sell), or null. */
export function checkLevels(levels: Levels): Refusal | null {
  const { side, entry, stop, target1, target2 } = levels;
  for (const [name, value] of [
    ['entry', entry],
    ['stop', stop],
    ['target 1', target1],
    ['target 2', target2],
  ] as const) {
    if (value !== null && !(Number.isFinite(value) && value > 0)) {
      return {
        rule: 'not_a_price',
        value: String(value),
        threshold: 0,
        distance: null,
        text: `${name} is ${value}, expected a price above 0`,
      };
    }
  }
  const direction = side === 'buy' ? 1 : -1;
  const beyond = (a: number, b: number) => (a - b) * direction > 0;
  if (stop !== null && !beyond(entry, stop)) return wrong('stop_wrong_side', 'stop', stop, 'entry', entry);
  if (target1 !== null && !beyond(target1, entry)) return wrong('t1_wrong_side', 'target 1', target1, 'entry', entry);
  if (target2 !== null && target1 !== null && !beyond(target2, target1))
    return wrong('t2_not_beyond_t1', 'target 2', target2, 'target 1', target1);
  if (target2 !== null && target1 === null && !beyond(target2, entry))
    return wrong('t2_wrong_side', 'target 2', target2, 'entry', entry);
  if (stop !== null && target1 !== null && levels.minRiskReward !== null) {
    const risk = Math.abs(entry - stop);
    const reward = Math.abs(target1 - entry);
    if (reward + levels.priceIncrement * (1 + 1e-9) < levels.minRiskReward * risk) {
      const ratio = Math.round((reward / risk) * 100) / 100;
      return {
        rule: 'min_risk_reward',
        value: ratio,
        threshold: levels.minRiskReward,
        distance: Math.round((levels.minRiskReward - ratio) * 100) / 100,
        text: `reward to risk is ${ratio}, needs at least ${levels.minRiskReward}`,
      };
    }
  }
  return null;
}

function wrong(rule: string, what: string, value: number, than: string, threshold: number): Refusal {
  return {
    rule,
    value,
    threshold,
    distance: Math.abs(value - threshold),
    text: `${what} ${value} is on the wrong side of ${than} ${threshold}`,
  };
}
