import type { SessionRange } from './session-columns.ts';
import { firstSwingAt, SWING_REACH, type Swing } from './swing-points.ts';

const LOOKBACK_BARS = 250;
const MERGE_ATR = 0.5;
const STRENGTH_DECAY_BARS = 120;

export type LevelSource =
  | 'swing'
  | 'previous_high'
  | 'previous_low'
  | 'previous_close'
  | 'pivot'
  | 'pivot_r1'
  | 'pivot_s1'
  | 'pivot_r2'
  | 'pivot_s2';

/** A price at which a market has turned, or that many eyes are on. */
export interface Level {
  readonly price: number;
  /** How many swings it is made of; 1 for a line of the previous session. */
  readonly touches: number;
  /** Σ e^(−age/120 bars) over its swings; 1 for a line of the previous session. */
  readonly strength: number;
  readonly source: LevelSource;
}

/** Levels touched this often count as walls, in stops, targets and breaks. */
export const WALL_TOUCHES = 2;

/**
 * Returns the levels known at `row`, lowest first: swings of the last 250 bars whose prices lie within half an ATR of each
 * other, merged closest first (so that the mirrored market has the mirrored levels), and the previous session's lines.
 */
export function levelsAt(swings: readonly Swing[], row: number, atr: number, previous: SessionRange | null): Level[] {
  const levels = [...mergeSwings(swings, row, atr), ...(previous === null ? [] : sessionLines(previous))];
  return levels.sort((a, b) => a.price - b.price);
}

/** Floor pivots of a session: P = (H+L+C)/3, R1 = 2P−L, S1 = 2P−H, R2 = P+(H−L), S2 = P−(H−L). */
export function floorPivots(session: SessionRange): { p: number; r1: number; s1: number; r2: number; s2: number } {
  const { high, low, close } = session;
  const p = (high + low + close) / 3;
  return { p, r1: 2 * p - low, s1: 2 * p - high, r2: p + (high - low), s2: p - (high - low) };
}

function sessionLines(previous: SessionRange): Level[] {
  const pivots = floorPivots(previous);
  const line = (price: number, source: LevelSource): Level => ({ price, touches: 1, strength: 1, source });
  return [
    line(previous.high, 'previous_high'),
    line(previous.low, 'previous_low'),
    line(previous.close, 'previous_close'),
    line(pivots.p, 'pivot'),
    line(pivots.r1, 'pivot_r1'),
    line(pivots.s1, 'pivot_s1'),
    line(pivots.r2, 'pivot_r2'),
    line(pivots.s2, 'pivot_s2'),
  ].filter((level) => level.price > 0);
}

interface Cluster {
  sum: number;
  touches: number;
  strength: number;
}

function mergeSwings(swings: readonly Swing[], row: number, atr: number): Level[] {
  const clusters: Cluster[] = [];
  for (let i = firstSwingAt(swings, row - LOOKBACK_BARS + 1); i < swings.length; i++) {
    const swing = swings[i] as Swing;
    if (swing.row > row - SWING_REACH) break;
    clusters.push({ sum: swing.price, touches: 1, strength: Math.exp((swing.row - row) / STRENGTH_DECAY_BARS) });
  }
  clusters.sort((a, b) => a.sum - b.sum);
  const reach = MERGE_ATR * atr;
  for (;;) {
    let closest = -1;
    let least = reach;
    let below = clusters.length > 0 ? meanOf(clusters[0] as Cluster) : 0;
    for (let i = 1; i < clusters.length; i++) {
      const above = meanOf(clusters[i] as Cluster);
      const gap = above - below;
      if (gap < least || (closest < 0 && gap === least)) {
        closest = i;
        least = gap;
      }
      below = above;
    }
    if (closest < 0) break;
    const lower = clusters[closest - 1] as Cluster;
    const upper = clusters[closest] as Cluster;
    lower.sum += upper.sum;
    lower.touches += upper.touches;
    lower.strength += upper.strength;
    clusters.splice(closest, 1);
  }
  return clusters.map((cluster) => ({
    price: meanOf(cluster),
    touches: cluster.touches,
    strength: cluster.strength,
    source: 'swing',
  }));
}

function meanOf(cluster: Cluster): number {
  return cluster.sum / cluster.touches;
}
