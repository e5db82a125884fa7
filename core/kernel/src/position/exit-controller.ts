import { type Price, priceIncrementAt, type Quantity } from '@bellwether/domain';
import { averageEntry, type DeskOrder, type PositionRecord } from './position-state.ts';

/** What should rest at the venue for a position: shares, and where they leave. */
export interface ExitGroup {
  readonly leg: 'target_1' | 'target_2';
  readonly quantity: Quantity;
  readonly target: Price | null;
  readonly stop: Price | null;
}

export type ExitCommand =
  | { readonly command: 'cancel_group'; readonly groupId: string; readonly reason: string }
  | { readonly command: 'place_exit'; readonly group: ExitGroup }
  | { readonly command: 'replace_stop'; readonly clientOrderId: string; readonly stop: Price };

/** What a closed bar showed, for levels that are watched and not rested. */
export interface WatchedBar {
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

/**
 * position + what rests ─▶ what should rest ─▶ the difference
 *
 * Level-triggered: it compares and emits the difference, so a lost or repeated fact does no harm.
 *
 * Invariants: I1 Σ live exit quantity ≤ |position| (a group counts once). I2 in `open`, covered quantity = |position| where a stop was planned.
 * I3 no command that could carry the position through zero. I4 a stop never moves so that risk grows. I5 no exit is sent while an earlier exit
 * for the same shares is live, except by replace. I6 own quantity only. I7 a stop is never taken down without a reason and a successor.
 */
export function exitCommands(position: PositionRecord): readonly ExitCommand[] {
  // A bracket's own legs protect the shares until the entry is complete; a close takes everything down itself.
  if (!position.entryComplete || position.closing !== null || position.status === 'closed') return [];
  const live = liveGroups(position);
  // A stop that was hit sells at the market until it is through: taking it down would put the loss up for choice again.
  if (live.some((group) => group.isLeaving)) return [];
  const missing = desiredExits(position);
  const commands: ExitCommand[] = [];
  const surplus: LiveGroup[] = [];
  for (const group of live) {
    const match = missing.findIndex((want) => want.quantity === group.quantity && want.target === group.target);
    if (match < 0) {
      surplus.push(group);
      continue;
    }
    const [want] = missing.splice(match, 1) as [ExitGroup];
    if (group.stopOrder !== null && want.stop !== null && group.stop !== want.stop) {
      commands.push({ command: 'replace_stop', clientOrderId: group.stopOrder, stop: want.stop });
    }
  }
  for (const group of surplus) commands.push({ command: 'cancel_group', groupId: group.groupId, reason: 'split' });
  for (const group of missing)
    if (group.target !== null || group.stop !== null) commands.push({ command: 'place_exit', group });
  return commands;
}

function desiredExits(position: PositionRecord): ExitGroup[] {
  const { quantity, stop, target1, target2 } = position;
  if (quantity === 0n) return [];
  if (!position.split || position.firstDone || !isDivisible(position)) {
    const target = singleTarget(position);
    return [{ leg: target === target2 ? 'target_2' : 'target_1', quantity, target, stop }];
  }
  // What a full-size target has sold before the split leaves the less for the second part.
  const planned = remaining(position.firstQuantity, position, 'target_1');
  const first = planned < quantity ? planned : quantity;
  const groups: ExitGroup[] = [];
  if (first > 0n) groups.push({ leg: 'target_1', quantity: first, target: target1, stop });
  if (quantity > first)
    groups.push({ leg: 'target_2', quantity: (quantity - first) as Quantity, target: target2, stop });
  return groups;
}

/** Whether the position has two targets and shares for each. */
function isDivisible({ target1, target2, firstQuantity, secondQuantity }: PositionRecord): boolean {
  return target1 !== null && target2 !== null && firstQuantity > 0n && secondQuantity > 0n;
}

/** Where the whole rests: target 2, unless one of two parts would be empty and the owner prefers target 1. */
export function singleTarget(position: PositionRecord): Price | null {
  const { target1, target2, exits } = position;
  if (target1 === null || target2 === null) return target2 ?? target1;
  return !isDivisible(position) && exits.singleShareTarget === 'target_1' ? target1 : target2;
}

function remaining(planned: Quantity, position: PositionRecord, leg: DeskOrder['leg']): Quantity {
  const filled = position.orders.reduce((sum, order) => (order.leg === leg ? sum + order.filledQuantity : sum), 0n);
  return (planned > filled ? planned - filled : 0n) as Quantity;
}

interface LiveGroup {
  readonly groupId: string;
  readonly quantity: Quantity;
  readonly target: Price | null;
  readonly stop: Price | null;
  readonly stopOrder: string | null;
  /** Its stop was hit and is not through: the venue took the target down and sells the rest at the market. */
  readonly isLeaving: boolean;
}

export function isLive(order: DeskOrder): boolean {
  return (
    order.status === 'working' ||
    order.status === 'partially_filled' ||
    order.status === 'pending_cancel' ||
    order.status === 'pending_replace'
  );
}

function liveGroups(position: PositionRecord): LiveGroup[] {
  const groups = new Map<string, LiveGroup>();
  for (const order of position.orders) {
    if (order.leg === 'entry' || order.leg === 'close' || !isLive(order)) continue;
    const known = groups.get(order.groupId) ?? {
      groupId: order.groupId,
      quantity: (order.quantity - order.filledQuantity) as Quantity,
      target: null,
      stop: null,
      stopOrder: null,
      isLeaving: false,
    };
    groups.set(
      order.groupId,
      order.leg === 'stop'
        ? {
            ...known,
            stop: order.stopPrice,
            stopOrder: order.clientOrderId,
            isLeaving: order.filledQuantity > 0n || hasLostTarget(position, order.groupId),
          }
        : { ...known, target: order.limitPrice },
    );
  }
  return [...groups.values()];
}

/** Whether a group that was placed with a target has none left. Its fill would have taken the stop down with it. */
function hasLostTarget(position: PositionRecord, groupId: string): boolean {
  const targets = position.orders.filter((order) => order.groupId === groupId && isTarget(order));
  return targets.length > 0 && !targets.some(isLive);
}

function isTarget({ leg }: DeskOrder): boolean {
  return leg === 'target_1' || leg === 'target_2';
}

/** Sets the parts of the exit of Q shares: q1 = floor(Q × split₁ / 100), q2 = Q − q1. */
export function planExits(position: PositionRecord, quantity: Quantity, quantityIncrement: Quantity): void {
  const raw = (quantity * BigInt(Math.round(position.exits.firstTargetPercent * 1e6))) / 100_000_000n;
  position.firstQuantity = (raw - (raw % quantityIncrement)) as Quantity;
  position.secondQuantity = (quantity - position.firstQuantity) as Quantity;
}

/** Whether this position still waits for a price that nobody rests at: the split or the move to breakeven. */
export function isWatching(position: PositionRecord): boolean {
  if (position.status !== 'open' || !position.exits.monitoring || position.closing !== null) return false;
  return wantsSplit(position) || wantsBreakeven(position);
}

function wantsSplit(position: PositionRecord): boolean {
  return !position.split && isDivisible(position) && position.exits.plan !== 'single_target';
}

function wantsBreakeven(position: PositionRecord): boolean {
  return position.firstDone && !position.breakevenDone && position.stop !== null && position.exits.moveStopToBreakeven;
}

/** Reads a closed bar; what it decides works from the next bar. Returns whether something changed. */
export function watchBar(position: PositionRecord, bar: WatchedBar, feesPerShare: Price): boolean {
  const long = position.side === 'long';
  let changed = false;
  if (wantsSplit(position)) {
    const entry = Number(averageEntry(position)) / 1e9;
    const target = Number(position.target1) / 1e9;
    const level = entry + (target - entry) * position.exits.splitAt;
    const reached = long ? bar.high >= level : bar.low <= level;
    // Splitting takes the stop down for a moment: only while the price is well beyond it.
    const stop = position.stop === null ? null : Number(position.stop) / 1e9;
    const clear = stop === null || (long ? bar.close - stop : stop - bar.close) >= 0.005 * bar.close;
    if (reached && clear) {
      position.split = true;
      changed = true;
    }
  }
  if (wantsBreakeven(position)) {
    const target = breakevenStop(position, feesPerShare);
    const increment = Number(priceIncrementAt(target)) / 1e9;
    const price = Number(target) / 1e9;
    const offMarket = long ? bar.close - price >= increment : price - bar.close >= increment;
    if (offMarket) {
      position.breakevenDone = true;
      const better = long ? target > (position.stop as Price) : target < (position.stop as Price);
      if (better) position.stop = target;
      changed = true;
    }
  }
  return changed;
}

/** Average entry ± fees per share, rounded to the increment away from loss. */
function breakevenStop(position: PositionRecord, feesPerShare: Price): Price {
  const entry = averageEntry(position);
  const fees = position.exits.breakevenFees ? feesPerShare : 0n;
  const increment = priceIncrementAt(entry);
  if (position.side === 'long') return (((entry + fees + increment - 1n) / increment) * increment) as Price;
  return (((entry - fees) / increment) * increment) as Price;
}
