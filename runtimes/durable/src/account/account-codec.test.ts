import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { readExactly, writeExactly } from './account-codec.ts';

const back = (value: unknown) => readExactly(JSON.parse(writeExactly(value)));

/** What the database does to jsonb: keys in another order, nothing else. */
const reordered = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(reordered)
    : typeof value === 'object' && value !== null
      ? Object.fromEntries(
          Object.entries(value)
            .reverse()
            .map(([key, member]) => [key, reordered(member)]),
        )
      : value;

const leaf = fc.oneof(
  fc.bigInt({ min: -(2n ** 90n), max: 2n ** 90n }),
  fc.double(),
  fc.integer(),
  fc.string(),
  fc.constantFrom('12n', '-Infinity', 'NaN', '$', null, true, false, -0, Number.NaN, Number.NEGATIVE_INFINITY),
);
const plainData = fc.letrec((tie) => ({
  any: fc.oneof({ depthSize: 'small' }, leaf, tie('list'), tie('record')),
  list: fc.array(tie('any'), { maxLength: 5 }),
  record: fc.dictionary(
    fc.string({ maxLength: 8 }).filter((key) => key !== '$' && key !== '__proto__'),
    tie('any'),
    { maxKeys: 5, noNullPrototype: true },
  ),
})).any;

describe('account memory as rows', () => {
  test('P: comes back as it was, bigints and endless numbers included, whatever the order of keys', () => {
    fc.assert(
      fc.property(plainData, (value) => {
        assert.deepStrictEqual(back(value), value);
        assert.deepStrictEqual(readExactly(reordered(JSON.parse(writeExactly(value)))), value);
      }),
      { numRuns: 500 },
    );
  });

  test('leaves members out that are undefined', () => {
    assert.deepStrictEqual(back({ a: undefined, b: 1n }), { b: 1n });
  });

  test('refuses what would not come back: a map, an instant, a reserved member, a hole', () => {
    for (const value of [new Map(), { at: new Date(0) }, { $: 'x' }, [undefined], () => 1])
      assert.throws(() => writeExactly(value), /expected plain data/);
  });
});
