import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Bar, barsFrom } from '@bellwether/domain';
import { ManualClock } from '../clock/manual-clock.fake.ts';
import { type BarQuery, type MarketDataSource, withoutFuture } from './market-data.ts';

const START = Temporal.Instant.from('2025-07-01T13:30:00Z');

/** Three minute bars, handed out whatever is asked: a careless vendor. */
const CARELESS: MarketDataSource = {
  async bars(query) {
    const bars = [0, 1, 2].map((i): Bar => {
      const start = START.epochMilliseconds + i * 60_000;
      return { start, end: start + 60_000, open: 1, high: 1, low: 1, close: 1, volume: 1 };
    });
    return barsFrom(query.symbol, query.timeframe, bars);
  },
};
const QUERY: BarQuery = { symbol: 'AAPL', timeframe: '1m', until: START.add({ hours: 1 }), count: 3 };

test('a bar that closes after now does not come through', async () => {
  const clock = new ManualClock(START);
  const source = withoutFuture(CARELESS, clock);
  clock.advance(179_999);
  await assert.rejects(
    source.bars(QUERY),
    /expected no bar of AAPL that closes after 2025-07-01T13:32:59.999Z, was 2025-07-01T13:33:00Z/,
  );
  clock.advance(1);
  assert.equal((await source.bars(QUERY)).length, 3);
});

test('a bar that closes after the query does not come through either', async () => {
  const clock = new ManualClock(START);
  clock.advance(3_600_000);
  const source = withoutFuture(CARELESS, clock);
  await assert.rejects(source.bars({ ...QUERY, until: START.add({ minutes: 2 }) }), /expected no bar of AAPL/);
});
