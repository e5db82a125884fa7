import { priceFromNumber, priceIncrementAt, priceToNumber } from '@bellwether/domain';

/** Steps per dollar are whole, so a price on its increment is a whole number of steps; this absorbs the float's last bits. */
const HAIR = 1e-6;

/** Returns the greatest price on its increment that is not above the given one. */
export function priceAtOrBelow(price: number): number {
  const steps = stepsPerDollar(price);
  return Math.floor(price * steps + HAIR) / steps;
}

/** Returns the least price on its increment that is not below the given one. */
export function priceAtOrAbove(price: number): number {
  const steps = stepsPerDollar(price);
  return Math.ceil(price * steps - HAIR) / steps;
}

export function isOnIncrement(price: number): boolean {
  const scaled = price * stepsPerDollar(price);
  return Math.abs(scaled - Math.round(scaled)) < HAIR * 10;
}

/** Returns the price as people read it, rounded to its increment. */
export function formatOnIncrement(price: number): string {
  return price.toFixed(price >= 1 ? 2 : 4);
}

/** Returns the smallest step of an order price at this height. */
export function incrementAt(price: number): number {
  return priceToNumber(priceIncrementAt(priceFromNumber(price)));
}

const STEPS_ABOVE_ONE = Math.round(1 / incrementAt(1));
const STEPS_BELOW_ONE = Math.round(1 / incrementAt(0.5));

function stepsPerDollar(price: number): number {
  return price >= 1 ? STEPS_ABOVE_ONE : STEPS_BELOW_ONE;
}
