import { expect, test } from 'vitest';
import { aHeldPosition } from '../api/wire.fake.ts';
import { bringUpToDate } from './live-overlay.ts';

const told = <T>(seq: number, value: T) => ({ pos1: { seq, at: '2026-01-05T15:00:00Z', value } });

test('an event that the snapshot knows changes nothing', () => {
  const held = aHeldPosition();
  expect(bringUpToDate([held], 5, told(5, { ...held, quantity: '33' }), {})[0]).toBe(held);
  expect(bringUpToDate([held], 5, {}, told(5, {} as never))).toEqual([held]);
});

test('a newer event changes what the position is, and leaves prices and P&L of one instant together', () => {
  const held = aHeldPosition();
  const [now] = bringUpToDate(
    [held],
    5,
    told(6, { ...held, quantity: '33', stop: '189.42', last_price: '195.00', unrealized_pnl: '9.00' }),
    {},
  );
  expect(now).toMatchObject({
    quantity: '33',
    stop: '189.42',
    last_price: '191.20',
    unrealized_pnl: '117.48',
    unrealized_r: 0.5361,
  });
  expect(bringUpToDate([held], 5, {}, told(6, {} as never))).toEqual([]);
});
