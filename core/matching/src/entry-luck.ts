import { ONE_SHARE, type Quantity, seededChance } from '@bellwether/domain';

const REFUSED = 0.05;
const PARTLY_FILLED = 0.2;
const LEAST_PART = 0.7;
const LARGEST_PART = 0.95;
const REASONS = ['Insufficient buying power', 'Market closed', 'Symbol not tradable', 'Order size too large'] as const;

/** What chance has in store for one entry. */
export interface EntryLuck {
  /** Why the entry is refused; `null` for 95 of 100. */
  readonly refusal: string | null;
  /** The part of it that fills at once, 0.7–0.95; `null` when it fills whole. */
  readonly firstPart: number | null;
}

/** Returns the luck of an entry, drawn from (seed, client order id) alone and always in the same order. */
export function entryLuck(seed: number, clientOrderId: string): EntryLuck {
  const draw = seededChance(seed, clientOrderId);
  const refused = draw() < REFUSED;
  const reason = REASONS[Math.floor(draw() * REASONS.length)] as string;
  const partly = draw() < PARTLY_FILLED;
  const part = LEAST_PART + (LARGEST_PART - LEAST_PART) * draw();
  return { refusal: refused ? reason : null, firstPart: partly ? part : null };
}

/** Returns `part` of the quantity, floored to whole shares when the order is whole, but at least one unit. */
export function firstPartOf(quantity: Quantity, part: number): Quantity {
  const unit = quantity % ONE_SHARE === 0n ? ONE_SHARE : 1n;
  const floored = BigInt(Math.floor(Number(quantity / unit) * part)) * unit;
  return (floored < unit ? unit : floored) as Quantity;
}
