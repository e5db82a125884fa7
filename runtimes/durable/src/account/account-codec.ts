import { BellwetherError } from '@bellwether/domain';
import type { AccountMemory, AccountPosition } from '@bellwether/kernel';

/** The member under which JSON carries what it cannot: `{"$": "12n"}` is a bigint, `{"$": "-Infinity"}` a number. */
const TAG = '$';

/** Writes a position as its account machine keeps it. `readPosition` gives it back. */
export function writePosition(position: AccountPosition): string {
  return writeExactly(position);
}

/** Reads what `writePosition` wrote, parsed by the database driver. */
export function readPosition(plain: unknown): AccountPosition {
  return readExactly(plain) as AccountPosition;
}

/** Writes what a machine remembers beside its positions. `readAccountMemory` gives it back. */
export function writeAccountMemory(memory: AccountMemory): string {
  return writeExactly(memory);
}

/** Reads what `writeAccountMemory` wrote, parsed by the database driver. */
export function readAccountMemory(plain: unknown): AccountMemory {
  return readExactly(plain) as AccountMemory;
}

/**
 * Writes plain data, bigints and non-finite numbers included, as JSON text. Members that are undefined are left out. Throws a `bug` for
 * what would not come back as it was: a map, a set, an instant, a function.
 */
export function writeExactly(value: unknown): string {
  return JSON.stringify(tagged(value, ''));
}

/** Reads what `writeExactly` wrote, after `JSON.parse`. */
export function readExactly(plain: unknown): unknown {
  if (Array.isArray(plain)) return plain.map(readExactly);
  if (typeof plain !== 'object' || plain === null) return plain;
  const tag = (plain as Readonly<Record<string, unknown>>)[TAG];
  if (typeof tag === 'string') return tag.endsWith('n') ? BigInt(tag.slice(0, -1)) : Number(tag);
  return Object.fromEntries(Object.entries(plain).map(([key, member]) => [key, readExactly(member)]));
}

function tagged(value: unknown, at: string): unknown {
  switch (typeof value) {
    case 'bigint':
      return { [TAG]: `${value}n` };
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0) ? value : { [TAG]: numberText(value) };
    case 'string':
    case 'boolean':
      return value;
    case 'object':
      break;
    default:
      throw unwritable(at, typeof value);
  }
  if (value === null) return null;
  if (Array.isArray(value)) return value.map((member, i) => tagged(member, `${at}[${i}]`));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw unwritable(at, value.constructor.name);
  if (TAG in value) throw unwritable(at, `an object with a member "${TAG}"`);
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, member]) =>
      member === undefined ? [] : [[key, tagged(member, `${at}.${key}`)] as const],
    ),
  );
}

function numberText(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

function unwritable(at: string, was: string): BellwetherError {
  return new BellwetherError(
    'bug',
    'domain/unexpected-value',
    `expected plain data to keep at "${at}", was ${was}; keep it as an array, a number or text`,
  );
}
