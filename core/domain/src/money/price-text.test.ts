import assert from 'node:assert/strict';
import { test } from 'node:test';
import { priceText } from './price-text.ts';

for (const [value, text] of [
  [100.3, '100.30'],
  [0, '0.00'],
  [1204.35, '1,204.35'],
  [0.1 + 0.2, '0.30'],
  [64.647141, '64.647141'],
  [-1234567.5, '-1,234,567.50'],
  ['99999.10', '99,999.10'],
  ['100.3502', '100.3502'],
  ['4.985', '4.985'],
  ['unknown', 'unknown'],
] as const) {
  test(`a price of ${value} reads ${text}`, () => assert.equal(priceText(value), text));
}
