import { type Level, priceAtOrAbove, priceAtOrBelow, WALL_TOUCHES } from '@bellwether/analysis';

/** Reward to risk that no plan goes below, whatever the node asks for. */
export const LEAST_REWARD = 1.5;
const STOP_BEYOND_SWING = 0.25;
const SWING_STOP = { nearest: 1, farthest: 3 };
const PLAIN_STOP = 2;
const SECOND_TARGET_R = 3;
const BEFORE_WALL = 0.1;

export interface PlanRequest {
  readonly side: 1 | -1;
  readonly close: number;
  readonly atr: number;
  /** The last confirmed swing on the losing side. */
  readonly swing: number | null;
  readonly levels: readonly Level[];
  readonly riskRewardMin: number;
}

/** A plan on the tick, with what the decision about it needs. */
export interface LevelPlan {
  readonly entry: number;
  readonly stop: number;
  readonly target1: number;
  readonly target2: number;
  /** Entry to stop, after rounding. */
  readonly risk: number;
  readonly isSwingStop: boolean;
  /** m: the reward to risk that target 1 must reach. */
  readonly reward: number;
  /** R to the next level on the winning side, 2m when there is none. */
  readonly room: number;
  /** The wall that is nearer than target 1, if any. */
  readonly wall: Level | null;
}

/**
 * Returns entry, stop and targets of the rule analyst (language-models §12), for a sell mirrored: entry never worse than the
 * close, stop toward the entry, target 1 on the first tick at or beyond m·R, so that no later rounding can push it below m.
 */
export function planLevels({ side, close, atr, swing, levels, riskRewardMin }: PlanRequest): LevelPlan {
  const [down, up] = side === 1 ? [priceAtOrBelow, priceAtOrAbove] : [priceAtOrAbove, priceAtOrBelow];
  const entry = down(close);
  const beyondSwing = swing === null ? Number.NaN : swing - side * STOP_BEYOND_SWING * atr;
  const swingDistance = (entry - beyondSwing) * side;
  const isSwingStop = swingDistance >= SWING_STOP.nearest * atr && swingDistance <= SWING_STOP.farthest * atr;
  const stop = up(isSwingStop ? beyondSwing : entry - side * PLAIN_STOP * atr);
  const risk = (entry - stop) * side;
  const reward = Math.max(LEAST_REWARD, riskRewardMin);
  const target1 = up(entry + side * reward * risk);
  const ahead = levels
    .map((level) => ({ level, distance: (level.price - entry) * side }))
    .filter(({ distance }) => distance > 0)
    .sort((a, b) => a.distance - b.distance);
  const wall = ahead.find(({ level }) => level.touches >= WALL_TOUCHES);
  return {
    entry,
    stop,
    target1,
    target2: down(secondTarget({ side, entry, risk, atr, target1 }, ahead)),
    risk,
    isSwingStop,
    reward,
    room: ahead[0] === undefined ? 2 * reward : ahead[0].distance / risk,
    wall: wall !== undefined && wall.distance < reward * risk ? wall.level : null,
  };
}

interface FirstLevels {
  readonly side: 1 | -1;
  readonly entry: number;
  readonly risk: number;
  readonly atr: number;
  readonly target1: number;
}

/** 3 R, at least one R beyond target 1; pulled in before a wall that stands between 2 R and 3 R and beyond target 1. */
function secondTarget(
  { side, entry, risk, atr, target1 }: FirstLevels,
  ahead: readonly { level: Level; distance: number }[],
): number {
  const first = (target1 - entry) * side;
  const far = Math.max(SECOND_TARGET_R * risk, first + risk);
  const wall = ahead.find(
    ({ level, distance }) =>
      level.touches >= WALL_TOUCHES &&
      distance >= 2 * risk &&
      distance <= SECOND_TARGET_R * risk &&
      distance - BEFORE_WALL * atr > first,
  );
  const distance = wall === undefined ? far : wall.distance - BEFORE_WALL * atr;
  return entry + side * distance;
}
