import { BellwetherError } from '../failure/bellwether-error.ts';

/**
 * Fixed-point money, exact: a price is 10⁻⁹ USD, money 10⁻⁶ USD, a quantity 10⁻⁹ share, each a `bigint`.
 * Price × quantity is computed exactly and rounded once, half to even, to 10⁻⁶ when booked.
 */
export type Price = bigint & { readonly unit: 'price' };
export type Money = bigint & { readonly unit: 'money' };
export type Quantity = bigint & { readonly unit: 'quantity' };

export const PRICE_DIGITS = 9;
export const MONEY_DIGITS = 6;
export const QUANTITY_DIGITS = 9;
export const NO_MONEY = 0n as Money;
export const NO_QUANTITY = 0n as Quantity;
export const ONE_SHARE = 1_000_000_000n as Quantity;

const PLAIN = /^(-?)(\d{1,30})(?:\.(\d{1,30}))?$/;
const MAX_SIGNIFICANT = 15;
const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER);
const ZERO = 48;

/** Reads a plain decimal into `digits` places. Refuses exponents, NaN, more than 15 significant digits, and digits that would be lost. */
function parseFixed(text: string, digits: number, what: string): bigint {
  const match = PLAIN.exec(text);
  if (match === null) throw badDecimal(what, text);
  const whole = match[2] as string;
  const fraction = (match[3] ?? '').replace(/0+$/, '');
  const significant = (whole + fraction).replace(/^0+/, '').length;
  if (significant > MAX_SIGNIFICANT && whole.replace(/^0+/, '').length + digits > 24) throw badDecimal(what, text);
  if (fraction.length > digits) throw badDecimal(what, text);
  const magnitude = BigInt(whole + fraction.padEnd(digits, '0'));
  return match[1] === '-' ? -magnitude : magnitude;
}

function badDecimal(what: string, text: string): BellwetherError {
  return new BellwetherError(
    'invalid',
    'domain/bad-decimal',
    `expected ${what} as a plain decimal such as "150.50", was "${text}"`,
  );
}

/** Prints a fixed-point number in full, with at least `minimumPlaces` decimals and no other trailing zeros. */
function formatFixed(value: bigint, digits: number, minimumPlaces: number): string {
  const sign = value < 0n ? '-' : '';
  const magnitude = value < 0n ? -value : value;
  // Printing a bigint costs several times as much as printing a number, and nearly every amount is exact as a number.
  const text = (magnitude <= MAX_SAFE ? Number(magnitude) : magnitude).toString().padStart(digits + 1, '0');
  const point = text.length - digits;
  let end = text.length;
  while (end > point + minimumPlaces && text.charCodeAt(end - 1) === ZERO) end--;
  const whole = text.slice(0, point);
  return end === point ? sign + whole : `${sign}${whole}.${text.slice(point, end)}`;
}

/** Divides exactly and rounds half to even. `divisor` is positive. */
export function divideHalfEven(dividend: bigint, divisor: bigint): bigint {
  const negative = dividend < 0n;
  const magnitude = negative ? -dividend : dividend;
  const quotient = magnitude / divisor;
  const twice = (magnitude % divisor) * 2n;
  const up = twice > divisor || (twice === divisor && (quotient & 1n) === 1n);
  const rounded = up ? quotient + 1n : quotient;
  return negative ? -rounded : rounded;
}

/** Divides exactly and rounds half away from zero. `divisor` is positive. */
export function divideHalfAway(dividend: bigint, divisor: bigint): bigint {
  const magnitude = dividend < 0n ? -dividend : dividend;
  const rounded = (magnitude * 2n + divisor) / (divisor * 2n);
  return dividend < 0n ? -rounded : rounded;
}

/** Divides and rounds down, also below zero. `divisor` is positive. */
export function divideFloor(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  return dividend < 0n && quotient * divisor !== dividend ? quotient - 1n : quotient;
}

export function parsePrice(text: string): Price {
  return parseFixed(text, PRICE_DIGITS, 'a price') as Price;
}
export function parseMoney(text: string): Money {
  return parseFixed(text, MONEY_DIGITS, 'an amount of money') as Money;
}
export function parseQuantity(text: string): Quantity {
  return parseFixed(text, QUANTITY_DIGITS, 'a quantity') as Quantity;
}

/** The one road from a float (bar, indicator) to the ledger's price unit. Refuses what is not finite; rounds to 10⁻⁹. */
export function priceFromNumber(value: number): Price {
  return fixedFromNumber(value, PRICE_DIGITS, 'a price') as Price;
}
/** Reads a JSON number such as 0.005 or 100000 into money without binary noise: its shortest decimal spelling counts. */
export function moneyFromNumber(value: number): Money {
  return fixedFromNumber(value, MONEY_DIGITS, 'an amount of money') as Money;
}
export function quantityFromNumber(value: number): Quantity {
  return fixedFromNumber(value, QUANTITY_DIGITS, 'a quantity') as Quantity;
}

function fixedFromNumber(value: number, digits: number, what: string): bigint {
  if (!Number.isFinite(value))
    throw new BellwetherError('invalid', 'domain/not-finite', `expected ${what} that is finite, was ${value}`);
  return decimalOf(value, digits);
}

/** Returns the number's shortest decimal spelling scaled by 10^digits, rounded half to even. */
function decimalOf(value: number, digits: number): bigint {
  // A decimal of at most 15 significant digits that reads as this number is the shortest one: no other so short does.
  const millionths = Math.round(value * 1e6);
  if (digits >= 6 && Math.abs(millionths) < 1e15 && millionths / 1e6 === value)
    return BigInt(millionths) * 10n ** BigInt(digits - 6);
  const [mantissa = '0', exponentText = '0'] = value.toExponential().split('e');
  const negative = mantissa.startsWith('-');
  const [whole = '0', fraction = ''] = (negative ? mantissa.slice(1) : mantissa).split('.');
  const shift = Number(exponentText) - fraction.length + digits;
  const magnitude = BigInt(whole + fraction);
  const scaled = shift >= 0 ? magnitude * 10n ** BigInt(shift) : divideHalfEven(magnitude, 10n ** BigInt(-shift));
  return negative ? -scaled : scaled;
}

/** A dimensionless exact decimal in 10⁻¹², for fractions and rates read from configuration. */
export type Ratio = bigint & { readonly unit: 'ratio' };
export const RATIO_ONE = 1_000_000_000_000n as Ratio;
export function ratioFromNumber(value: number): Ratio {
  return fixedFromNumber(value, 12, 'a fraction') as Ratio;
}

/** Price × quantity, exact, rounded once half to even to 10⁻⁶ USD: the amount that is booked. Negative for a negative quantity. */
export function notional(price: Price, quantity: Quantity): Money {
  return divideHalfEven(price * quantity, 1_000_000_000_000n) as Money;
}

export function priceToNumber(price: Price): number {
  return Number(price) / 1e9;
}
export function moneyToNumber(money: Money): number {
  return Number(money) / 1e6;
}
export function quantityToNumber(quantity: Quantity): number {
  return Number(quantity) / 1e9;
}

/** Prints a price in full, at least two decimals: "150.50", "3.003". */
export function formatPrice(price: Price): string {
  return formatFixed(price, PRICE_DIGITS, 2);
}
/** Prints money in cents from the exact amount, half away from zero: "9933.00". */
export function formatMoney(money: Money): string {
  return formatFixed(divideHalfAway(money, 10_000n), 2, 2);
}
/** Prints money exactly, at least two decimals: "0.002341". */
export function formatMoneyExact(money: Money): string {
  return formatFixed(money, MONEY_DIGITS, 2);
}
/** Prints a quantity without trailing zeros: "66", "0.5". */
export function formatQuantity(quantity: Quantity): string {
  return formatFixed(quantity, QUANTITY_DIGITS, 0);
}
