// Documents of real agents on bars of numbers: what tests of the backtester share.
import { hash } from 'node:crypto';
import { agentCatalogue } from '@bellwether/agents';
import { type Bar, type BarSeries, barsFrom, NYSE_CALENDAR, type Timeframe } from '@bellwether/domain';
import type { ExecutionPlan } from '@bellwether/kernel';
import { compile } from '@bellwether/pipeline';
import type { BacktestOptions } from './backtest.ts';
import type { Tape, TapeSymbol } from './tape.ts';

export const SHA256 = {
  base64url: (text: string) => hash('sha256', text, 'base64url'),
  hex: (text: string) => hash('sha256', text, 'hex'),
};
export const OPTIONS: BacktestOptions = { sha256: SHA256, stopwatch: () => 0 };

export type Prices = readonly [open: number, high: number, low: number, close: number];

/** One bar a session from Monday, 2026-01-05 on. */
export function dailyBars(prices: readonly Prices[], symbol = 'AAPL'): BarSeries {
  const sessions = NYSE_CALENDAR.sessionsBetween('2026-01-05', '2027-12-31');
  return barsFrom(
    symbol,
    '1d',
    prices.map((price, i) => barOf(price, sessions[i]?.opensAt ?? 0, sessions[i]?.closesAt ?? 0)),
  );
}

/** A bar a minute from the open of 2026-01-05 on, for the minutes named. */
export function minuteBars(prices: readonly (readonly [minute: number, ...Prices])[], symbol = 'AAPL'): BarSeries {
  const { opensAt } = NYSE_CALENDAR.nextSession(Date.parse('2026-01-05T00:00:00Z'));
  return barsFrom(
    symbol,
    '1m',
    prices.map(([minute, ...price]) => barOf(price, opensAt + minute * 60_000, opensAt + (minute + 1) * 60_000)),
  );
}

function barOf([open, high, low, close]: Prices, start: number, end: number): Bar {
  return { start, end, open, high, low, close, volume: 1_000_000 };
}

export function flatPrices(count: number, price = 100): Prices[] {
  return Array.from({ length: count }, () => [price, price, price, price]);
}

export function tapeOf(...series: readonly BarSeries[]): Tape {
  return series.map(
    (bars): TapeSymbol => ({
      symbol: bars.symbol,
      bars,
      calendar: NYSE_CALENDAR,
      label: { source: 'numbers', synthetic: true },
    }),
  );
}

const PRICE = { price: 'close' };
export const closeAbove = (level: unknown) => ({
  logic: 'AND',
  conditions: [{ left: PRICE, operator: '>', right: level }],
});
export const closeBelow = (level: unknown) => ({
  logic: 'AND',
  conditions: [{ left: PRICE, operator: '<', right: level }],
});

export interface DocumentSketch {
  readonly timeframe?: Timeframe;
  /** Of the rule strategy. */
  readonly rules: Readonly<Record<string, unknown>>;
  readonly risk?: Readonly<Record<string, unknown>>;
  readonly trade?: Readonly<Record<string, unknown>>;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly mode?: Readonly<Record<string, unknown>>;
  readonly runMode?: string;
  readonly schedule?: Readonly<Record<string, unknown>>;
}

/** Decides at every bar, without costs or chance unless asked. */
export function planFor(sketch: DocumentSketch, symbols: readonly string[] = ['AAPL']): ExecutionPlan {
  const timeframe = sketch.timeframe ?? '1d';
  const { plan, problems } = compile(
    {
      name: 'test',
      primary_timeframe: timeframe,
      run_mode: sketch.runMode ?? 'run_continuous',
      nodes: [
        {
          id: 'trigger',
          agent_type: 'technical_trigger',
          config: { timeframe, conditions: closeAbove(0), fire: 'every_bar' },
        },
        { id: 'data', agent_type: 'market_data_agent', config: { timeframes: [timeframe], ...sketch.data } },
        {
          id: 'rules',
          agent_type: 'rule_strategy_agent',
          config: { timeframe, stop: { type: 'none' }, targets: [], ...sketch.rules },
        },
        {
          id: 'risk',
          agent_type: 'risk_manager_agent',
          config: {
            sizing: 'fixed_quantity',
            fixed_quantity: 10,
            max_position_fraction: 2,
            allow_short: true,
            ...sketch.risk,
          },
        },
        { id: 'trade', agent_type: 'trade_manager_agent', config: sketch.trade ?? {} },
      ],
      edges: [
        ['trigger', 'data'],
        ['data', 'rules'],
        ['rules', 'risk'],
        ['risk', 'trade'],
      ].map(([from, to]) => ({ from, to })),
      mode_config: {
        slippage_pct: 0,
        simulate_partial_fills: false,
        simulate_rejections: false,
        initial_balance: 100_000,
        commission: { per_share: 0, minimum: 0, maximum_fraction: null },
        ...sketch.mode,
      },
      ...(sketch.schedule === undefined ? {} : { schedule_config: sketch.schedule }),
    },
    agentCatalogue,
    { symbols },
  );
  if (plan === null) throw new Error(problems.map((problem) => problem.message).join('\n'));
  return plan;
}
