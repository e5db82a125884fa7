import type { Bias } from '@bellwether/domain';
import { fixed } from './frame-facts.ts';
import { isOnIncrement } from './price-step.ts';

/** The guards that every plan passes, whoever made it, in their order. */
export const LEVEL_GUARD_CODES = [
  'not_a_price',
  'off_tick',
  'stop_wrong_side',
  't1_wrong_side',
  't2_not_beyond_t1',
  'rr_too_low',
  'rr_claim_wrong',
  'stop_inside_noise',
  'stop_too_wide',
  'target_unreal',
  'against_bias',
  'short_not_allowed',
] as const;
export type LevelGuardCode = (typeof LEVEL_GUARD_CODES)[number];

export type TradeDirection = 'long' | 'short' | 'both';

/** A plan's prices. A level deliberately left out is null and skips the checks that need it. */
export interface PlanLevels {
  readonly action: 'buy' | 'sell';
  readonly entryPrice: number;
  readonly stopLoss: number | null;
  readonly target1: number | null;
  readonly target2: number | null;
  /** A reward to risk that somebody stated; null when code computes it. */
  readonly claimedRiskReward: number | null;
}

export interface LevelGuardContext {
  /** ATR14 of the strategy timeframe; null skips what is measured in it. */
  readonly atr: number | null;
  /** Least reward to risk; null when the node sets none. */
  readonly riskRewardMin: number | null;
  /** Null when the lane has no bias. */
  readonly bias: Bias | null;
  readonly direction: TradeDirection;
  readonly shortAllowed: boolean;
  /** Whether distances and the bias hold a plan, or (where they are the user's own decision) only warn. */
  readonly distances: 'hold' | 'warn';
  readonly thresholds?: Partial<LevelThresholds>;
}

/** Distances are in ATR. */
export interface LevelThresholds {
  readonly leastStop: number;
  readonly widestStop: number;
  readonly farthestTarget: number;
  readonly claimTolerance: number;
}
export const LEVEL_THRESHOLDS: LevelThresholds = {
  leastStop: 0.5,
  widestStop: 4,
  farthestTarget: 12,
  claimTolerance: 0.1,
};

export interface LevelFinding {
  readonly code: LevelGuardCode;
  readonly outcome: 'hold' | 'warn';
  readonly value: number | string;
  readonly threshold: number | string | null;
  readonly distance: number | null;
  readonly text: string;
}

/** Floats on the tick differ from the exact ratio in the last bits only. */
const HAIR = 1e-9;

/** Returns (T1 − entry)/(entry − stop), or null without stop or target. The same for both sides. */
export function riskReward(entry: number, stop: number | null, target: number | null): number | null {
  return stop === null || target === null || entry === stop ? null : (target - entry) / (entry - stop);
}

/** Returns every guard that fires, in their order; `not_a_price` alone ends the list. */
export function levelGuards(plan: PlanLevels, context: LevelGuardContext): LevelFinding[] {
  const named = [
    ['entry', plan.entryPrice],
    ['stop', plan.stopLoss],
    ['target 1', plan.target1],
    ['target 2', plan.target2],
  ] as const;
  const broken = named.find(([, price]) => price !== null && !(Number.isFinite(price) && price > 0));
  if (broken !== undefined) {
    const [name, price] = broken;
    return [
      {
        code: 'not_a_price',
        outcome: 'hold',
        value: String(price),
        threshold: 0,
        distance: null,
        text: `${name} is ${price}, expected a price above 0`,
      },
    ];
  }
  const findings: LevelFinding[] = [];
  for (const [name, price] of named) {
    if (price === null || isOnIncrement(price)) continue;
    findings.push({
      code: 'off_tick',
      outcome: 'hold',
      value: price,
      threshold: null,
      distance: null,
      text: `${name} ${price} is not on the price increment`,
    });
    break;
  }
  return [
    ...findings,
    ...sideGuards(plan),
    ...rewardGuards(plan, context),
    ...distanceGuards(plan, context),
    ...permissionGuards(plan, context),
  ];
}

function sideGuards({ action, entryPrice, stopLoss, target1, target2 }: PlanLevels): LevelFinding[] {
  const side = action === 'buy' ? 1 : -1;
  const findings: LevelFinding[] = [];
  const check = (code: LevelGuardCode, what: string, price: number, than: string, limit: number, sign: number) => {
    if ((price - limit) * side * sign > 0) return;
    const where = sign * side > 0 ? 'above' : 'below';
    findings.push({
      code,
      outcome: 'hold',
      value: price,
      threshold: limit,
      distance: Math.abs(price - limit),
      text: `${what} ${price} is not ${where} ${than} ${limit}`,
    });
  };
  if (stopLoss !== null) check('stop_wrong_side', 'stop', stopLoss, 'entry', entryPrice, -1);
  if (target1 !== null) check('t1_wrong_side', 'target 1', target1, 'entry', entryPrice, 1);
  if (target2 !== null)
    check('t2_not_beyond_t1', 'target 2', target2, target1 === null ? 'entry' : 'target 1', target1 ?? entryPrice, 1);
  return findings;
}

function rewardGuards(plan: PlanLevels, { riskRewardMin, thresholds }: LevelGuardContext): LevelFinding[] {
  const ratio = riskReward(plan.entryPrice, plan.stopLoss, plan.target1);
  if (ratio === null) return [];
  const findings: LevelFinding[] = [];
  if (riskRewardMin !== null && ratio < riskRewardMin - HAIR) {
    findings.push({
      code: 'rr_too_low',
      outcome: 'hold',
      value: ratio,
      threshold: riskRewardMin,
      distance: riskRewardMin - ratio,
      text: `reward to risk is ${fixed(ratio, 2)}, needs at least ${riskRewardMin}`,
    });
  }
  const tolerance = thresholds?.claimTolerance ?? LEVEL_THRESHOLDS.claimTolerance;
  if (plan.claimedRiskReward !== null && !(Math.abs(plan.claimedRiskReward - ratio) <= tolerance + HAIR)) {
    findings.push({
      code: 'rr_claim_wrong',
      outcome: 'hold',
      value: plan.claimedRiskReward,
      threshold: ratio,
      distance: Math.abs(plan.claimedRiskReward - ratio),
      text: `reward to risk was stated as ${plan.claimedRiskReward}, but is ${fixed(ratio, 2)}`,
    });
  }
  return findings;
}

function distanceGuards(plan: PlanLevels, { atr, distances, thresholds }: LevelGuardContext): LevelFinding[] {
  if (atr === null || !(atr > 0)) return [];
  const { leastStop, widestStop, farthestTarget } = { ...LEVEL_THRESHOLDS, ...thresholds };
  const findings: LevelFinding[] = [];
  const add = (code: LevelGuardCode, value: number, threshold: number, text: string) =>
    findings.push({ code, outcome: distances, value, threshold, distance: Math.abs(value - threshold), text });
  if (plan.stopLoss !== null) {
    const stop = Math.abs(plan.entryPrice - plan.stopLoss) / atr;
    if (stop < leastStop - HAIR)
      add(
        'stop_inside_noise',
        stop,
        leastStop,
        `stop is ${fixed(stop, 2)} ATR from entry, needs at least ${leastStop}`,
      );
    if (stop > widestStop + HAIR)
      add(
        'stop_too_wide',
        stop,
        widestStop,
        `stop is ${fixed(stop, 2)} ATR from entry, at most ${widestStop} is allowed`,
      );
  }
  const last = plan.target2 ?? plan.target1;
  if (last !== null) {
    const target = Math.abs(last - plan.entryPrice) / atr;
    if (target > farthestTarget + HAIR)
      add(
        'target_unreal',
        target,
        farthestTarget,
        `the last target is ${fixed(target, 1)} ATR away, at most ${farthestTarget} is believable`,
      );
  }
  return findings;
}

function permissionGuards(
  plan: PlanLevels,
  { bias, direction, shortAllowed, distances }: LevelGuardContext,
): LevelFinding[] {
  const findings: LevelFinding[] = [];
  const opposite = plan.action === 'buy' ? 'bearish' : 'bullish';
  if (bias === opposite) {
    findings.push({
      code: 'against_bias',
      outcome: distances,
      value: plan.action,
      threshold: bias,
      distance: null,
      text: `the plan would ${plan.action} under a ${bias} bias`,
    });
  }
  if (plan.action === 'sell' && (direction === 'long' || !shortAllowed)) {
    const why = direction === 'long' ? 'the node trades long only' : 'the account may not sell short';
    findings.push({
      code: 'short_not_allowed',
      outcome: 'hold',
      value: 'sell',
      threshold: 'buy',
      distance: null,
      text: `a sell would open a short, but ${why}`,
    });
  }
  return findings;
}
