import { BellwetherError, divideHalfEven } from '@bellwether/domain';

/** One JSON object of an answer, not yet believed. */
export type WireObject = Readonly<Record<string, unknown>>;

const PLAIN_DECIMAL = /^([+-]?)(\d{1,30})(?:\.(\d{1,40}))?$/;

export function isWireObject(value: unknown): value is WireObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Throws `broker/bad-answer` unless the answer is an object. */
export function wireObject(value: unknown, what: string): WireObject {
  return isWireObject(value) ? value : refuse(what, '', 'an object', value);
}

export function wireArray(value: unknown, what: string): readonly unknown[] {
  return Array.isArray(value) ? value : refuse(what, '', 'a list', value);
}

/** Returns the field's text, or `undefined` when it is absent, null or empty. */
export function optionalText(from: WireObject, field: string): string | undefined {
  const value = from[field];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function neededText(from: WireObject, field: string, what: string): string {
  return optionalText(from, field) ?? refuse(what, field, 'text', from[field]);
}

/** Returns the field as a decimal with `digits` places, or `undefined` when it is absent, null or empty. */
export function optionalDecimal(from: WireObject, field: string, digits: number, what: string): bigint | undefined {
  const value = from[field];
  if (value === undefined || value === null || value === '') return undefined;
  return decimalOf(value, digits) ?? refuse(what, field, 'a plain decimal such as "150.50"', value);
}

export function neededDecimal(from: WireObject, field: string, digits: number, what: string): bigint {
  return optionalDecimal(from, field, digits, what) ?? refuse(what, field, 'a decimal', from[field]);
}

export function optionalInstant(from: WireObject, field: string, what: string): Temporal.Instant | undefined {
  const value = from[field];
  if (value === undefined || value === null || value === '') return undefined;
  // MessagePack has a type of its own for instants.
  if (value instanceof Date) return Temporal.Instant.fromEpochMilliseconds(value.getTime());
  return instantOf(value) ?? refuse(what, field, 'an instant such as "2025-07-01T13:30:00Z"', value);
}

export function neededInstant(from: WireObject, field: string, what: string): Temporal.Instant {
  return optionalInstant(from, field, what) ?? refuse(what, field, 'an instant', from[field]);
}

/** Says whether the flag is set; an absent flag is not. */
export function isSet(from: WireObject, field: string): boolean {
  return from[field] === true;
}

/**
 * Reads a decimal exactly; averages have more places than the ledger keeps and are rounded, half to even. JSON numbers are read by
 * their shortest spelling. Returns `undefined` for anything else, exponents included.
 */
function decimalOf(value: unknown, digits: number): bigint | undefined {
  const text = typeof value === 'number' && Number.isFinite(value) ? String(value) : value;
  const match = typeof text === 'string' ? PLAIN_DECIMAL.exec(text) : null;
  if (match === null) return undefined;
  const [, sign = '', whole = '0', fraction = ''] = match;
  const scaled = BigInt(whole + fraction.padEnd(digits, '0'));
  const surplus = Math.max(0, fraction.length - digits);
  const magnitude = surplus === 0 ? scaled : divideHalfEven(scaled, 10n ** BigInt(surplus));
  return sign === '-' ? -magnitude : magnitude;
}

function instantOf(value: unknown): Temporal.Instant | undefined {
  if (typeof value !== 'string') return undefined;
  try {
    return Temporal.Instant.from(value);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function refuse(what: string, field: string, expected: string, was: unknown): never {
  const place = field === '' ? what : `"${field}" of ${what}`;
  throw new BellwetherError(
    'bug',
    'broker/bad-answer',
    `expected ${place} to be ${expected}, was ${JSON.stringify(was) ?? 'absent'}; Alpaca changed its answer or the adapter reads it wrong`,
    { field },
  );
}
