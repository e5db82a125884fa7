import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  formatMoney,
  type Money,
  notional,
  parseMoney,
  parsePrice,
  parseQuantity,
  priceFromNumber,
  type Quantity,
} from '@bellwether/domain';
import fc from 'fast-check';
import { type BacktestOptions, runBacktest } from './backtest.ts';
import type { BacktestResult } from './backtest-result.ts';
import type { Tape } from './tape.ts';
import {
  closeAbove,
  closeBelow,
  dailyBars,
  flatPrices,
  minuteBars,
  OPTIONS,
  type Prices,
  planFor,
  tapeOf,
} from './test-market.fixture.ts';

const SMA3 = { indicator: 'SMA', params: { period: 3 } };
const lineOf = ({ time, symbol, side, quantity, price, reason }: BacktestResult['fills'][number]) =>
  `${time.slice(0, 10)} ${side} ${quantity} ${symbol}@${Number(price)} ${reason}`;

test('--from and --to are session dates, both included; bars before only warm up', () => {
  const plan = planFor({ rules: { long_entry: closeAbove(50), long_exit: closeAbove(50) } });
  const tape = tapeOf(dailyBars(flatPrices(10)));
  const result = runBacktest(plan, tape, { ...OPTIONS, from: '2026-01-07', to: '2026-01-09' });
  assert.deepEqual([result.from, result.to, result.bars, result.sessions], ['2026-01-07', '2026-01-09', 3, 3]);
  // The third is still waiting for its open when the tape ends.
  assert.equal(result.decisions, 2);
  assert.deepEqual(result.fills.map(lineOf), [
    '2026-01-08 buy 10 AAPL@100 entry',
    '2026-01-09 sell 10 AAPL@100 signal_exit',
  ]);
});

test('indicators are warm from the bars before, at most lookback_bars of them, and cold with --warmup 0', () => {
  const tape = tapeOf(dailyBars([...flatPrices(6, 100), ...flatPrices(4, 110)]));
  const firstBuy = (lookback: number, options: Partial<BacktestOptions> = {}) => {
    const plan = planFor({ rules: { long_entry: closeAbove(SMA3) }, data: { lookback_bars: lookback } });
    return runBacktest(plan, tape, { ...OPTIONS, from: '2026-01-13', ...options }).fills[0]?.time.slice(0, 10);
  };
  assert.equal(firstBuy(250), '2026-01-14');
  assert.equal(firstBuy(10, { warmup: 2 }), '2026-01-14');
  // With one bar of history the average is first known at the second bar; then it is still below the close.
  assert.equal(firstBuy(10, { warmup: 1 }), '2026-01-15');
  assert.equal(firstBuy(10, { warmup: 0 }), undefined);
});

test('M13 an order pending at the end stays unfilled, and what is open is marked at the last close', () => {
  const rules = { long_entry: closeAbove(104), short_entry: closeBelow(90), reverse_on_opposite: true };
  const prices: Prices[] = [...flatPrices(1, 105), [106, 106, 106, 106], [107, 107, 80, 80]];
  const result = runBacktest(planFor({ rules }), tapeOf(dailyBars(prices)), OPTIONS);
  assert.deepEqual(result.fills.map(lineOf), ['2026-01-06 buy 10 AAPL@106 entry']);
  assert.deepEqual(result.trades, []);
  assert.deepEqual(result.open_positions, [
    {
      symbol: 'AAPL',
      side: 'long',
      quantity: '10',
      entry_time: '2026-01-06T14:30:00Z',
      entry_price: '106.00',
      last_price: '80.00',
      unrealized_pnl: '-260.00',
    },
  ]);
  assert.equal(result.equity_final, '99740.00');
});

test('bars of one instant close before any of it opens, whatever the order of the tape', () => {
  const one = minuteBars([
    [0, 100, 100, 100, 101],
    [1, 100, 100, 100, 100],
  ]);
  const two = minuteBars(
    [
      [0, 50, 50, 50, 50],
      [1, 50, 50, 50, 50],
    ],
    'MSFT',
  );
  const plan = planFor({ timeframe: '1m', rules: { long_entry: closeAbove(100) } }, ['AAPL', 'MSFT']);
  for (const tape of [tapeOf(one, two), tapeOf(two, one)]) {
    const result = runBacktest(plan, tape, OPTIONS);
    assert.deepEqual(
      result.fills.map(({ time, symbol }) => `${time} ${symbol}`),
      ['2026-01-05T14:31:00Z AAPL'],
    );
  }
});

test('a purchase and a short sale that leave the cash as it was still count in equity', () => {
  const rules = { long_entry: closeAbove(100.5), short_entry: closeBelow(99.5) };
  const rising: Prices[] = [
    [100, 101, 100, 101],
    [100, 110, 100, 110],
  ];
  const falling: Prices[] = [
    [100, 100, 99, 99],
    [100, 100, 90, 90],
  ];
  const tape = tapeOf(dailyBars(rising), dailyBars(falling, 'MSFT'));
  const result = runBacktest(planFor({ rules }, ['AAPL', 'MSFT']), tape, OPTIONS);
  assert.equal(result.fills.length, 2);
  assert.deepEqual([result.equity_peak, result.equity_final], ['100200.00', '100200.00']);
  assert.ok(result.exposure_pct > 0);
});

test('run_once is started at the first instant that its window allows', () => {
  const schedule = { schedule_type: 'time_window', start_time: '09:33', end_time: '15:30' };
  const plan = planFor({ timeframe: '1m', runMode: 'run_once', schedule, rules: { long_entry: closeAbove(0) } });
  const prices = Array.from({ length: 8 }, (_, i) => [i, 100, 100, 100, 100] as const);
  const result = runBacktest(plan, tapeOf(minuteBars(prices)), OPTIONS);
  assert.deepEqual([result.decisions, result.fills.length], [1, 1]);
  assert.ok((result.fills[0]?.time ?? '') >= '2026-01-05T14:34:00Z');
});

test('the same seed gives the same order_hash, another seed another', () => {
  const plan = planFor({
    rules: { long_entry: closeAbove(50), long_exit: closeAbove(50) },
    mode: { simulate_partial_fills: true, simulate_rejections: true },
  });
  const tape = tapeOf(dailyBars(flatPrices(120)));
  const hashOf = (seed: number) => runBacktest(plan, tape, { ...OPTIONS, seed }).order_hash;
  assert.equal(hashOf(1), hashOf(1));
  assert.notEqual(hashOf(1), hashOf(2));
});

interface Naive {
  readonly final: string;
  readonly peak: string;
  readonly drawdown: string;
  readonly commissions: string;
}

/** Equity at every close, in order, written straight down from the fills that the result states. */
function naive(result: BacktestResult, tape: Tape): Naive {
  const closes = tape.flatMap(({ symbol, bars }, order) =>
    Array.from({ length: bars.length }, (_, row) => ({
      at: bars.end[row] as number,
      order,
      symbol,
      close: bars.close[row] as number,
    })),
  );
  closes.sort((a, b) => a.at - b.at || a.order - b.order);
  const fills = result.fills.map((fill) => ({ ...fill, at: Date.parse(fill.time), isBooked: false }));
  const held = new Map<string, bigint>();
  const marks = new Map<string, number>();
  let cash: bigint = parseMoney(result.equity_start);
  let commissions = 0n;
  let peak = cash;
  let drawdown = 0n;
  let equity = cash;
  for (const { at, symbol, close } of closes) {
    for (const fill of fills) {
      // A fill at an open carries the bar's start, one inside the bar its end, and is known when that bar closes.
      if (fill.isBooked || fill.at > at || (fill.at === at && fill.symbol !== symbol)) continue;
      fill.isBooked = true;
      const quantity = parseQuantity(fill.quantity);
      const signed = fill.side === 'buy' ? quantity : -quantity;
      cash -= notional(parsePrice(fill.price), signed as Quantity) + parseMoney(fill.commission);
      commissions += parseMoney(fill.commission);
      held.set(fill.symbol, (held.get(fill.symbol) ?? 0n) + signed);
    }
    marks.set(symbol, close);
    equity = cash;
    for (const [of, quantity] of held) equity += notional(priceFromNumber(marks.get(of) ?? 0), quantity as Quantity);
    if (equity > peak) peak = equity;
    if (peak - equity > drawdown) drawdown = peak - equity;
  }
  const text = (amount: bigint) => formatMoney(amount as Money);
  return { final: text(equity), peak: text(peak), drawdown: text(drawdown), commissions: text(commissions) };
}

const price = fc.integer({ min: 9_000, max: 11_000 }).map((value) => value / 100);
const bar: fc.Arbitrary<Prices> = fc
  .tuple(price, price, price, price)
  .map(([a, b, c, d]) => [a, Math.max(a, b, c, d), Math.min(a, b, c, d), d]);

test('P28 equity, peak, drawdown and commissions of random tapes are those of a naive recomputation, to the cent', () => {
  let trades = 0;
  const rules = {
    long_entry: closeAbove(101),
    long_exit: closeBelow(99),
    short_entry: closeBelow(98),
    short_exit: closeAbove(103),
    stop: { type: 'percent', value: 2 },
    targets: [1.5, 3],
  };
  const plan = planFor(
    {
      rules,
      risk: { sizing: 'risk_fraction', risk_fraction: 0.01 },
      mode: { commission: { per_share: 0.01, minimum: 0, maximum_fraction: null } },
    },
    ['AAPL', 'MSFT'],
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(bar, bar), { minLength: 3, maxLength: 60, size: 'max' }), (rows) => {
      const tape = tapeOf(
        dailyBars(rows.map(([a]) => a)),
        dailyBars(
          rows.map(([, b]) => b),
          'MSFT',
        ),
      );
      const result = runBacktest(plan, tape, OPTIONS);
      trades += result.trades.length;
      const { equity_final: final, equity_peak: peak, max_drawdown_amount: drawdown, commissions } = result;
      assert.deepEqual({ final, peak, drawdown, commissions }, naive(result, tape));
    }),
    { numRuns: 150, seed: 7 },
  );
  assert.ok(trades > 200, `expected trades, made ${trades}`);
});
