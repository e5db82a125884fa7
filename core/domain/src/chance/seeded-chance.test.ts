import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededChance } from './seeded-chance.ts';

test('the same seed and key give the same numbers', () => {
  const one = seededChance(7, 'bw1-abc');
  const two = seededChance(7, 'bw1-abc');
  for (let i = 0; i < 100; i++) assert.equal(one(), two());
});

test('another seed or another key gives other numbers', () => {
  const first = seededChance(7, 'a')();
  assert.notEqual(first, seededChance(8, 'a')());
  assert.notEqual(first, seededChance(7, 'b')());
});

test('the first numbers of neighboring keys spread evenly over [0, 1)', () => {
  const counts = new Array<number>(10).fill(0);
  for (let i = 0; i < 10_000; i++) {
    const draw = seededChance(1, `order-${i}`)();
    assert.ok(draw >= 0 && draw < 1);
    counts[Math.floor(draw * 10)] = (counts[Math.floor(draw * 10)] as number) + 1;
  }
  for (const count of counts)
    assert.ok(count > 850 && count < 1150, `expected about 1000 in each tenth, was ${counts}`);
});
