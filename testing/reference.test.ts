import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { test } from 'node:test';
import { readBarsFile, readFactorsFile } from '@bellwether/adapters';
import { agentCatalogue } from '@bellwether/agents';
import { adjustBars, type BarSeries, formatInstant, NYSE_CALENDAR } from '@bellwether/domain';
import { compile } from '@bellwether/pipeline';
import { type BacktestResult, runBacktest } from '@bellwether/virtual';
import { type ReferenceRules, referenceBacktest } from './reference-backtest.ts';
import { leftOut, sharedPath } from './shared-data.ts';

const sha256 = {
  base64url: (text: string) => hash('sha256', text, 'base64url'),
  hex: (text: string) => hash('sha256', text, 'hex'),
};
const SPY = 'data/SPY_1d_lean_raw.csv';
const AAPL = 'data/AAPL_1d_lean_raw.csv';
const AAPL_FACTORS = 'data/AAPL_factors_lean.csv';

type Group = { logic: 'AND'; conditions: unknown[] };
const group = (...conditions: unknown[]): Group => ({ logic: 'AND', conditions });
const indicator = (name: string, params: Record<string, number>, more: Record<string, unknown> = {}) => ({
  indicator: name,
  params,
  ...more,
});

interface Strategy {
  readonly name: string;
  readonly rules: Record<string, Group>;
  readonly reference: (bars: BarSeries) => Pick<ReferenceRules, 'longEntry' | 'longExit' | 'shortEntry' | 'shortExit'>;
}

function document(symbol: string, strategy: Strategy, money: Money): unknown {
  return {
    name: strategy.name,
    symbol,
    primary_timeframe: '1d',
    run_mode: 'run_continuous',
    nodes: [
      {
        id: 'trigger',
        agent_type: 'technical_trigger',
        config: {
          timeframe: '1d',
          conditions: group({ left: { price: 'close' }, operator: '>', right: 0 }),
          fire: 'every_bar',
        },
      },
      { id: 'data', agent_type: 'market_data_agent', config: { timeframes: ['1d'] } },
      { id: 'rules', agent_type: 'rule_strategy_agent', config: { timeframe: '1d', ...strategy.rules } },
      {
        id: 'risk',
        agent_type: 'risk_manager_agent',
        config: {
          sizing: 'equity_fraction',
          equity_fraction: money.fraction,
          cash_buffer_fraction: money.buffer,
          size_reference: money.reference,
          max_position_fraction: 2,
          allow_short: true,
        },
      },
      { id: 'trade', agent_type: 'trade_manager_agent', config: {} },
    ],
    edges: [
      ['trigger', 'data'],
      ['data', 'rules'],
      ['rules', 'risk'],
      ['risk', 'trade'],
    ].map(([from, to]) => ({ from, to })),
    mode_config: {
      slippage_pct: money.slippage * 100,
      simulate_partial_fills: false,
      simulate_rejections: false,
      initial_balance: money.cash,
      commission: {
        per_share: money.commission.perShare,
        minimum: money.commission.minimum,
        maximum_fraction: money.commission.maximumFraction,
      },
    },
  };
}

type Money = Omit<ReferenceRules, 'longEntry' | 'longExit' | 'shortEntry' | 'shortExit'>;
const NO_FEES = { perShare: 0, minimum: 0, maximumFraction: null };
const BROKER_FEES = { perShare: 0.005, minimum: 1, maximumFraction: 0.005 };
const PLAIN: Money = {
  fraction: 1,
  buffer: 0.0025,
  reference: 'decision_close',
  cash: 100_000,
  commission: NO_FEES,
  slippage: 0,
};

function sma(values: Float64Array, period: number): number[] {
  return Array.from(values, (_value, i) =>
    i < period - 1
      ? Number.NaN
      : values.subarray(i - period + 1, i + 1).reduce((sum, value) => sum + value, 0) / period,
  );
}

/** Seeded by the mean of the first `period` values from `start` on. */
function ema(values: readonly number[], period: number, start = 0): number[] {
  const out = values.map(() => Number.NaN);
  const first = start + period - 1;
  let previous = 0;
  values.forEach((value, i) => {
    if (i < first) return;
    previous =
      i === first
        ? values.slice(start, first + 1).reduce((sum, entry) => sum + entry, 0) / period
        : previous + (2 / (period + 1)) * (value - previous);
    out[i] = previous;
  });
  return out;
}

function crossesAbove(a: readonly number[], b: readonly number[]): (i: number) => boolean {
  return (i) => {
    if (!((a[i] as number) > (b[i] as number))) return false;
    for (let back = i - 1; back >= 0; back--) {
      const left = a[back] as number;
      const right = b[back] as number;
      if (Number.isNaN(left) || Number.isNaN(right)) return false;
      if (left !== right) return left < right;
    }
    return false;
  };
}

const STRATEGIES: readonly Strategy[] = [
  {
    name: 'SMA 20/50 cross, long and short',
    rules: {
      long_entry: group({
        left: indicator('SMA', { period: 20 }),
        operator: 'crosses_above',
        right: indicator('SMA', { period: 50 }),
      }),
      short_entry: group({
        left: indicator('SMA', { period: 20 }),
        operator: 'crosses_below',
        right: indicator('SMA', { period: 50 }),
      }),
    },
    reference: (bars) => {
      const fast = sma(bars.close, 20);
      const slow = sma(bars.close, 50);
      return { longEntry: crossesAbove(fast, slow), shortEntry: crossesAbove(slow, fast) };
    },
  },
  {
    name: 'MACD trend, long only',
    rules: {
      long_entry: group({ indicator: 'MACD', signal: 'bullish_crossover' }),
      long_exit: group({ indicator: 'MACD', signal: 'bearish_crossover' }),
    },
    reference: (bars) => {
      // TA-Lib: both averages first valid together, at bar `slow`; the fast one is seeded by the bars just before.
      const closes = Array.from(bars.close);
      const slow = ema(closes, 26);
      const fast = ema(closes, 12, 14);
      const macd = slow.map((value, i) => (fast[i] as number) - value);
      const signal = ema(macd, 9, 25);
      return { longEntry: crossesAbove(macd, signal), longExit: crossesAbove(signal, macd) };
    },
  },
  {
    name: '55-bar breakout, 20-bar exit, both sides',
    rules: {
      long_entry: group({
        left: { price: 'close' },
        operator: '>',
        right: indicator('HIGHEST', { period: 55 }, { source: 'high', offset: 1 }),
      }),
      long_exit: group({
        left: { price: 'close' },
        operator: '<',
        right: indicator('LOWEST', { period: 20 }, { source: 'low', offset: 1 }),
      }),
      short_entry: group({
        left: { price: 'close' },
        operator: '<',
        right: indicator('LOWEST', { period: 55 }, { source: 'low', offset: 1 }),
      }),
      short_exit: group({
        left: { price: 'close' },
        operator: '>',
        right: indicator('HIGHEST', { period: 20 }, { source: 'high', offset: 1 }),
      }),
    },
    reference: ({ close, high, low }) => {
      const highest = (i: number, period: number) =>
        i < period ? Number.NaN : Math.max(...high.subarray(i - period, i));
      const lowest = (i: number, period: number) =>
        i < period ? Number.NaN : Math.min(...low.subarray(i - period, i));
      return {
        longEntry: (i) => (close[i] as number) > highest(i, 55),
        longExit: (i) => (close[i] as number) < lowest(i, 20),
        shortEntry: (i) => (close[i] as number) < lowest(i, 55),
        shortExit: (i) => (close[i] as number) > highest(i, 20),
      };
    },
  },
];

const SETTINGS: readonly [string, Money][] = [
  ['without costs', PLAIN],
  ['with a broker fee schedule', { ...PLAIN, commission: BROKER_FEES }],
  [
    'sized at the fill, with slippage and fees',
    { ...PLAIN, reference: 'fill_price', commission: BROKER_FEES, slippage: 0.001, fraction: 0.9 },
  ],
];

function compare(result: BacktestResult, bars: BarSeries, strategy: Strategy, money: Money): void {
  const rows = Array.from({ length: bars.length }, (_row, i) => ({
    open: bars.open[i] as number,
    close: bars.close[i] as number,
  }));
  const expected = referenceBacktest(rows, { ...money, ...strategy.reference(bars) });
  assert.ok(expected.fills.length > 20, `expected the strategy to trade, made ${expected.fills.length} fills`);
  assert.deepEqual(
    result.fills.map(({ time, side, quantity, price, commission }) => ({ time, side, quantity, price, commission })),
    expected.fills.map((fill) => ({
      time: formatInstant(bars.start[fill.bar] as number),
      side: fill.side,
      quantity: fill.quantity.toString(),
      price: fill.price,
      commission: fill.commission,
    })),
  );
  assert.deepEqual(
    result.trades.map((trade) => trade.pnl),
    expected.pnls,
  );
  assert.equal(result.equity_final, expected.equityFinal);
  assert.equal(result.equity_peak, expected.equityPeak);
  assert.equal(result.max_drawdown_amount, expected.drawdown);
}

function run(symbol: string, bars: BarSeries, strategy: Strategy, money: Money): BacktestResult {
  const { plan, problems } = compile(document(symbol, strategy, money), agentCatalogue);
  assert.ok(plan, problems.map((problem) => problem.message).join('\n'));
  return runBacktest(
    plan,
    [{ symbol, bars, calendar: NYSE_CALENDAR, label: { source: 'recorded', synthetic: false } }],
    { sha256, stopwatch: () => 0 },
  );
}

for (const strategy of STRATEGIES) {
  for (const [setting, money] of SETTINGS) {
    test(`agrees to the cent with a backtest written straight down: ${strategy.name}, SPY, ${setting}`, {
      skip: leftOut(SPY),
    }, async () => {
      const bars = await readBarsFile(sharedPath(SPY), 'SPY', { calendar: NYSE_CALENDAR });
      compare(run('SPY', bars, strategy, money), bars, strategy, money);
    });
  }
  test(`agrees to the cent on adjusted prices: ${strategy.name}, AAPL with factors`, {
    skip: leftOut(AAPL),
  }, async () => {
    const raw = await readBarsFile(sharedPath(AAPL), 'AAPL', { calendar: NYSE_CALENDAR });
    const bars = adjustBars(raw, await readFactorsFile(sharedPath(AAPL_FACTORS)), NYSE_CALENDAR);
    compare(run('AAPL', bars, strategy, { ...PLAIN, commission: BROKER_FEES }), bars, strategy, {
      ...PLAIN,
      commission: BROKER_FEES,
    });
  });
}

test('the comparison bites: a reference that looks one bar ahead disagrees', { skip: leftOut(SPY) }, async () => {
  const bars = await readBarsFile(sharedPath(SPY), 'SPY', { calendar: NYSE_CALENDAR });
  const strategy = STRATEGIES[0] as Strategy;
  const ahead: Strategy = {
    ...strategy,
    reference: (given) => {
      const rules = strategy.reference(given);
      return {
        longEntry: (i) => rules.longEntry?.(i + 1) ?? false,
        shortEntry: (i) => rules.shortEntry?.(i + 1) ?? false,
      };
    },
  };
  assert.throws(() => compare(run('SPY', bars, strategy, PLAIN), bars, ahead, PLAIN), assert.AssertionError);
});
