import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aggregateBars, type BarSeries, formatInstant, NYSE_CALENDAR } from '@bellwether/domain';
import { DEMO_TAPES, demoTape } from './demo-tapes.ts';
import { type SourcedBars, syntheticMinutes } from './synthetic-bars.ts';

const REQUEST = { symbol: 'ALFA', seed: 7, from: '2026-11-25', to: '2026-11-30', firstPrice: 50 };

async function barsOf(tape: string, symbol: string): Promise<SourcedBars> {
  const found = (await demoTape(tape).load()).find((bars) => bars.symbol === symbol);
  assert.ok(found);
  return found;
}

function assertSound(bars: BarSeries): void {
  for (let i = 0; i < bars.length; i++) {
    const [o, h, l, c] = [bars.open[i] ?? 0, bars.high[i] ?? 0, bars.low[i] ?? 0, bars.close[i] ?? 0];
    assert.ok(l > 0 && l <= Math.min(o, c) && h >= Math.max(o, c), `${bars.symbol} row ${i}`);
    assert.ok((bars.volume[i] ?? 0) > 0);
    assert.ok((bars.end[i] ?? 0) > (bars.start[i] ?? 0));
    if (i > 0) assert.ok((bars.end[i - 1] ?? 0) <= (bars.start[i] ?? 0));
  }
}

test('every tape holds sound bars of its symbols and dates, and says what it is', async () => {
  for (const tape of DEMO_TAPES) {
    const all = await tape.load();
    assert.deepEqual(
      all.map((bars) => bars.symbol),
      tape.symbols,
    );
    for (const bars of all) {
      assertSound(bars);
      assert.equal(bars.timeframe, tape.timeframe);
      assert.equal(NYSE_CALENDAR.sessionAt(bars.start[0] ?? 0)?.date, tape.from);
      assert.equal(NYSE_CALENDAR.sessionAt(bars.start[bars.length - 1] ?? 0)?.date, tape.to);
      assert.equal(bars.source.kind, tape.isSynthetic ? 'synthetic' : 'recorded');
      if (tape.isSynthetic) assert.match(`${bars.source.label} ${tape.label}`, /Synthetic.*Synthetic/);
    }
  }
  assert.throws(() => demoTape('moon'), { code: 'tape/unknown', message: /opening-range-breakout/ });
});

test('the recorded tape is every session of five years', async () => {
  const [bars] = await demoTape('aapl-daily').load();
  assert.equal(bars?.length, NYSE_CALENDAR.sessionsBetween('2013-05-13', '2018-05-11').length);
  assert.equal(bars?.close[0], 64.96286);
});

test('the same seed gives the same minutes, another one others', () => {
  const close = (seed: number) => [...syntheticMinutes({ ...REQUEST, seed }).close];
  assert.deepEqual(close(7), close(7));
  assert.notDeepEqual(close(7), close(8));
});

test('synthetic minutes fill real sessions, half day and holiday included, and trade most at both ends', () => {
  const bars = syntheticMinutes(REQUEST);
  assert.equal(bars.length, 390 + 210 + 390);
  assert.equal(formatInstant(bars.start[390] ?? 0), '2026-11-27T14:30:00Z');
  const mean = (from: number, to: number) => {
    const part = bars.volume.subarray(from, to);
    return part.reduce((sum, volume) => sum + volume, 0) / part.length;
  };
  assert.ok(mean(0, 30) > 2 * mean(180, 210));
  assert.ok(mean(360, 390) > 2 * mean(180, 210));
});

const LAST_SESSION = Date.parse('2026-03-13T13:30:00Z');
const lastDay = (bars: BarSeries) => {
  const first = bars.start.findIndex((start) => start >= LAST_SESSION);
  return { high: bars.high.subarray(first), low: bars.low.subarray(first), close: bars.close.subarray(first) };
};

test('the breakout tape has one breakout that reaches two R, one that fails, and a calm symbol', async () => {
  const outcome = async (symbol: string) => {
    const day = lastDay(await barsOf('opening-range-breakout', symbol));
    const top = Math.max(...day.high.subarray(0, 30));
    const bottom = Math.min(...day.low.subarray(0, 30));
    const entry = day.close.findIndex((close, minute) => minute >= 30 && close > top);
    if (entry === -1) return 'none';
    for (let minute = entry + 1; minute < day.close.length; minute++) {
      if ((day.low[minute] ?? 0) <= bottom) return 'stopped';
      if ((day.high[minute] ?? 0) >= top + 2 * (top - bottom)) return 'two R';
    }
    return 'neither';
  };
  assert.equal(await outcome('ORBX'), 'two R');
  assert.equal(await outcome('FADE'), 'stopped');
  assert.equal(await outcome('CALM'), 'none');
});

/** Wilder's RSI of 14 on 5-minute closes. */
function rsiOf(bars: BarSeries): number[] {
  const { close, length } = aggregateBars(bars, '5m', NYSE_CALENDAR);
  let [gain, loss] = [0, 0];
  const values: number[] = [];
  for (let i = 1; i < length; i++) {
    const change = (close[i] ?? 0) - (close[i - 1] ?? 0);
    const weight = Math.min(i, 14);
    gain += (Math.max(change, 0) - gain) / weight;
    loss += (Math.max(-change, 0) - loss) / weight;
    values.push(100 - 100 / (1 + gain / loss));
  }
  return values;
}

test('the reversal tape falls below an RSI of 30 and turns; the slide does not turn', async () => {
  const reversal = rsiOf(await barsOf('rsi-reversal', 'RVSL')).slice(-78);
  const bottom = reversal.indexOf(Math.min(...reversal));
  assert.ok((reversal[bottom] ?? 100) < 25);
  assert.ok(Math.max(...reversal.slice(bottom)) > 55);
  assert.ok(Math.max(...rsiOf(await barsOf('rsi-reversal', 'SLDE')).slice(-70)) < 40);
});

test('the trend tape turns once: averages of 20 and 50 quarter hours cross upward and stay', async () => {
  const { close, length } = aggregateBars(await barsOf('trend', 'TRND'), '15m', NYSE_CALENDAR);
  const mean = (end: number, count: number) =>
    close.subarray(end - count, end).reduce((sum, price) => sum + price, 0) / count;
  let crosses = 0;
  for (let i = 52; i <= length; i++) {
    if (mean(i, 20) > mean(i, 50) && mean(i - 1, 20) <= mean(i - 1, 50)) crosses++;
  }
  assert.equal(crosses, 1);
  assert.ok(mean(length, 20) > mean(length, 50));
});
