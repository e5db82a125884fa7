import { describe, expect, test } from 'vitest';
import { aHeldPosition, anAccount } from '../api/wire.fake.ts';
import type { CloseOutcome, PositionDetail } from '../api/wire.ts';
import { closeSteps, proceedsOf, walkWords } from './close-words.ts';
import { orderRows, timelineOf } from './position-history.ts';
import { ageOf, groupPositions, positionView, protectionOf } from './position-view.ts';

const NOW = Date.parse('2026-01-05T15:10:04Z');
const VIEW = positionView(aHeldPosition(), NOW);
const ARMED = aHeldPosition().protection;

test('a price has an age; one of another day its date', () => {
  expect(ageOf('2026-01-05T15:10:00Z', NOW)).toEqual({ age: '4 s ago', isStale: false });
  expect(ageOf('2026-01-05T15:09:58Z', NOW)).toEqual({ age: '6 s ago', isStale: true });
  expect(ageOf('2019-03-15T15:12:00Z', NOW)).toEqual({ age: 'Mar 15, 2019', isStale: false });
  expect(ageOf(null, NOW).age).toBe('no price yet');
});

test('protection in words', () => {
  const words = (change: Partial<typeof ARMED>, held: Parameters<typeof aHeldPosition>[0] = {}) => {
    const { tone, words: said } = protectionOf({ ...ARMED, ...change }, aHeldPosition(held));
    return [tone, said];
  };
  expect(words({})).toEqual(['good', 'Stop at broker']);
  expect(words({}, { account: anAccount({ kind: 'simulated' }) })).toEqual(['good', 'Simulated stop']);
  expect(words({ naked: '66', armed: false })).toEqual(['bad', 'Unprotected']);
  expect(words({ naked: '16', covered: '50', armed: false })).toEqual(['bad', '16 unprotected']);
  expect(words({ armed: false })).toEqual(['waiting', 'Stop set, does not act now']);
  expect(words({ naked: '66', armed: false }, { initial_stop: null })).toEqual(['warning', 'No stop planned']);
  expect(words({ armed: false, covered: '0' }, { quantity: '0' })).toEqual(['quiet', 'No shares yet']);
});

test('rows whose account has no totals any more keep their group and its label', () => {
  const [group] = groupPositions([VIEW], []);
  expect(group).toMatchObject({
    name: 'Alpaca sandbox',
    label: 'Sandbox',
    mode: 'paper',
    open: 0,
    unrealizedPnl: null,
  });
});

test('estimated proceeds are exact', () => {
  expect(proceedsOf(VIEW)).toBe('12619.20');
  expect(proceedsOf({ ...VIEW, quantity: '0.000000001', last: { ...VIEW.last, price: '0.0001' } })).toBe(
    '0.0000000000001',
  );
  expect(proceedsOf({ ...VIEW, last: { ...VIEW.last, price: null } })).toBeNull();
});

test('outside the session a broker account closes at the open', () => {
  expect(closeSteps(VIEW, 'open').at(-1)).toBe('Sells what is left, 66 AAPL, at market.');
  expect(closeSteps({ ...VIEW, side: 'short' }, 'closed').at(-1)).toBe(
    'Buys back what is left, 66 AAPL, at market when the exchange opens.',
  );
});

describe('the walk of a close', () => {
  const outcome: CloseOutcome = {
    position_id: 'pos1',
    symbol: 'AAPL',
    side: 'long',
    account: anAccount(),
    outcome: 'partly_closed',
    step: 'ended',
    text: 'its stop was placed again',
    remaining: '17',
    average_exit: '191.18',
    realized_pnl: '10.00',
    fills: [],
  };
  const walk = { position: VIEW, outcome: undefined, problem: undefined, key: 'k' };

  test('says no more than the server did', () => {
    const said = (['requested', 'asked', 'canceling', 'closing'] as const).map(
      (step) => walkWords({ ...walk, step }).text,
    );
    expect(said).toEqual(['Close requested', 'Close accepted', 'Canceling its orders', 'Closing at market']);
  });

  test('what failed carries its way out', () => {
    expect(walkWords({ ...walk, step: 'ended', outcome })).toEqual({
      status: 'failed',
      text: 'Partly closed: 17 AAPL still open',
      wayOut: 'its stop was placed again',
    });
    expect(walkWords({ ...walk, step: 'ended', outcome: { ...outcome, outcome: 'failed' } }).text).toBe('Not closed');
  });
});

test('orders that work come first; the timeline tells fills, ends and moves of the stop in order', () => {
  const order: Omit<
    PositionDetail['orders'][number],
    'order_id' | 'status' | 'is_open' | 'status_text' | 'stop_price' | 'created_at' | 'submitted_at' | 'ended_at'
  > = {
    position_id: 'pos1',
    purpose: 'exit',
    symbol: 'AAPL',
    side: 'sell',
    type: 'stop',
    quantity: '66',
    filled_quantity: '0',
    average_price: null,
    limit_price: null,
    commission: '0.00',
    reason: null,
    leg: 'stop',
    group_id: null,
    broker_order_id: null,
    account: anAccount(),
    pipeline: { id: 'p1', name: 'RSI reversal' },
    execution_id: 'e1',
    fills: [],
  };
  const detail: PositionDetail = {
    ...aHeldPosition(),
    orders: [
      {
        ...order,
        order_id: 'o2',
        status: 'replaced',
        is_open: false,
        status_text: 'replaced',
        stop_price: '184.00',
        created_at: '2026-01-05T15:00:03Z',
        submitted_at: '2026-01-05T15:00:03Z',
        ended_at: '2026-01-05T15:30:01Z',
      },
      {
        ...order,
        order_id: 'o3',
        status: 'working',
        is_open: true,
        status_text: 'works at the broker',
        stop_price: '186.10',
        created_at: '2026-01-05T15:30:00Z',
        submitted_at: null,
        ended_at: null,
      },
      {
        ...order,
        order_id: 'o1',
        purpose: 'entry',
        leg: 'entry',
        side: 'buy',
        type: 'market',
        status: 'filled',
        is_open: false,
        status_text: 'filled',
        stop_price: null,
        created_at: '2026-01-05T15:00:00Z',
        submitted_at: '2026-01-05T15:00:00Z',
        ended_at: '2026-01-05T15:00:02Z',
        fills: [
          {
            fill_id: 'f',
            price: '189.42',
            quantity: '66',
            amount: '12501.72',
            fee: '1.00',
            filled_at: '2026-01-05T15:00:02Z',
          },
        ],
      },
    ],
    stop_moves: [
      { at: '2026-01-05T15:00:03Z', stop_price: '184.00', order_id: 'o2', status: 'replaced', reason: null },
      { at: '2026-01-05T15:30:00Z', stop_price: '186.10', order_id: 'o3', status: 'working', reason: null },
    ],
    trade: null,
    as_of_seq: 0,
  };
  expect(orderRows(detail.orders).map(({ leg, what }) => `${leg}: ${what}`)).toEqual([
    'Stop: sell, stop at 186.10',
    'Stop: sell, stop at 184.00',
    'Entry: buy, market',
  ]);
  expect(timelineOf(detail).map((entry) => entry.text)).toEqual([
    'Entry order sent: buy 66, market',
    'Bought 66 at 189.42 (entry)',
    'Stop order sent: sell 66, stop at 184.00',
    'Stop moved from 184.00 to 186.10',
    'Stop order replaced',
  ]);
});
