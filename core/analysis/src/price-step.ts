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
  return price.toFixed(stepsPerDollar(price) === 100 ? 2 : 4);
}

const CENTS = 100;
const SUB_PENNIES = Math.round(1 / priceToNumber(priceIncrementAt(priceFromNumber(0.5))));

function stepsPerDollar(price: number): number {
  return price >= 1 ? CENTS : SUB_PENNIES;
}
