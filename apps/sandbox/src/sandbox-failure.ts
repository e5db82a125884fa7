import { BellwetherError } from '@bellwether/domain';

/** Returns the failure of a control call that does not do. */
export function badMarket(message: string): BellwetherError {
  return new BellwetherError('invalid', 'sandbox/bad-market', message);
}

export type Fields = Readonly<Record<string, unknown>>;

/** Returns the value as an object. Throws `sandbox/bad-market` naming `what`. */
export function fieldsOf(value: unknown, what: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw badMarket(`expected ${what} to be an object, was ${JSON.stringify(value)}`);
}
