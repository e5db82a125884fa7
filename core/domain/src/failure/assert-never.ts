import { BellwetherError } from './bellwether-error.ts';

/** Ends a switch over a union: reaching it is a bug. */
export function assertNever(value: never): never {
  throw new BellwetherError('bug', 'domain/unexpected-value', `expected a known case, was ${JSON.stringify(value)}`);
}
