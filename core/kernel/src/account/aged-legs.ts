import { DAY_MS, type EpochMs, priceToNumber } from '@bellwether/domain';
import { isLive } from '../position/exit-controller.ts';
import type { AccountOrder, AccountPosition } from './account-position.ts';
import { hasPartialFill } from './cover.ts';

/** Brokers let orders without an end age out, Alpaca after 90 days; an exit is put up anew ten days before. */
const AGED_MS = 80 * DAY_MS;
/** As for a split: not in the last minutes of a session, and not near the stop. */
const LEAST_LEFT_MS = 300_000;
const NEAREST_STOP_FRACTION = 0.005;

/** The market of a position, as far as it decides whether its exits may be down for a moment. */
export interface QuietMarket {
  readonly marketTime: EpochMs;
  /** Of the session that is open; null while none is. */
  readonly closesAt: EpochMs | null;
  /** Last price in USD; null before the first. */
  readonly mark: number | null;
}

/**
 * Returns the members of the oldest exit group that is due to be put up anew, or null: none is 80 days old, or the market is not quiet enough to
 * have it down for a moment. The whole group, since a target that ages out takes its stop with it.
 */
export function agedGroup(
  position: AccountPosition,
  { marketTime, closesAt, mark }: QuietMarket,
): readonly AccountOrder[] | null {
  const exits = position.orders.filter((order) => order.leg !== 'entry' && order.leg !== 'close' && isLive(order));
  const oldest = exits.reduce<AccountOrder | null>(
    (old, order) => (old === null || order.plannedAt < old.plannedAt ? order : old),
    null,
  );
  if (oldest === null || marketTime - oldest.plannedAt < AGED_MS) return null;
  if (position.status !== 'open' || hasPartialFill(position, oldest.groupId)) return null;
  if (closesAt === null || closesAt - marketTime < LEAST_LEFT_MS || mark === null) return null;
  const stop = position.stop === null ? null : priceToNumber(position.stop);
  const isNear = stop !== null && (position.side === 'long' ? mark - stop : stop - mark) < mark * NEAREST_STOP_FRACTION;
  return isNear ? null : exits.filter(({ groupId }) => groupId === oldest.groupId);
}
