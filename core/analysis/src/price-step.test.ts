import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatOnIncrement, incrementAt, isOnIncrement, priceAtOrAbove, priceAtOrBelow } from './price-step.ts';

test('a price moves to its cent, and below a dollar to its hundredth of a cent', () => {
  assert.equal(priceAtOrBelow(150.509), 150.5);
  assert.equal(priceAtOrAbove(150.501), 150.51);
  assert.equal(priceAtOrBelow(0.12349), 0.1234);
  assert.equal(priceAtOrAbove(0.12341), 0.1235);
  assert.equal(incrementAt(1), 0.01);
  assert.equal(incrementAt(0.9999), 0.0001);
  assert.equal(formatOnIncrement(150.5), '150.50');
});

test('a price that is on its increment stays where it is, whatever its last bits say', () => {
  assert.equal(priceAtOrAbove(0.1 + 0.2), 0.3);
  assert.equal(priceAtOrBelow(1.1 * 3), 3.3);
  assert.ok(isOnIncrement(1.1 * 3));
  assert.ok(!isOnIncrement(3.305));
});

test('rounding ends on the increment and moves by less than one', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.01, max: 100_000, noNaN: true }), (price) => {
      const [below, above] = [priceAtOrBelow(price), priceAtOrAbove(price)];
      assert.ok(isOnIncrement(below) && isOnIncrement(above));
      assert.ok(below <= price + 1e-6 && above >= price - 1e-6 && above - below < 0.0101);
    }),
  );
});
