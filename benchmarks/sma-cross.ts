/** One strategy, told twice: as a pipeline document, and as rules for grademark. Long from the close at which the fast average crosses above the slow one. */
import { agentCatalogue } from '@bellwether/agents';
import type { BarSeries, Timeframe } from '@bellwether/domain';
import { createIndicator, parseIndicatorSpec } from '@bellwether/indicators';
import type { ExecutionPlan } from '@bellwether/kernel';
import { compile } from '@bellwether/pipeline';
import { DataFrame, type IDataFrame } from 'data-forge';
import { backtest, type IBar, type IStrategy, type ITrade } from 'grademark';

/** Periods of the two averages, in bars. */
export interface Cross {
  readonly fast: number;
  readonly slow: number;
}

function conditionOf({ fast, slow }: Cross, operator: 'crosses_above' | 'crosses_below') {
  const average = (period: number) => ({ indicator: 'SMA', params: { period } });
  return { left: average(fast), operator, right: average(slow) };
}

/** Trigger, data, rules, risk, trade and report: the kernel is entered only at a cross. */
export function smaCrossPlan(timeframe: Timeframe, cross: Cross): ExecutionPlan {
  const above = conditionOf(cross, 'crosses_above');
  const below = conditionOf(cross, 'crosses_below');
  const { plan, problems } = compile(
    {
      name: 'SMA cross, long or flat',
      symbol: 'SPY',
      primary_timeframe: timeframe,
      run_mode: 'run_continuous',
      nodes: [
        {
          id: 'trigger',
          agent_type: 'technical_trigger',
          config: { timeframe, conditions: { logic: 'OR', conditions: [above, below] }, fire: 'every_bar' },
        },
        { id: 'data', agent_type: 'market_data_agent', config: { timeframes: [timeframe] } },
        {
          id: 'rules',
          agent_type: 'rule_strategy_agent',
          config: {
            timeframe,
            long_entry: { logic: 'AND', conditions: [above] },
            long_exit: { logic: 'AND', conditions: [below] },
            stop: { type: 'none' },
          },
        },
        {
          id: 'risk',
          agent_type: 'risk_manager_agent',
          config: {
            sizing: 'equity_fraction',
            equity_fraction: 1,
            cash_buffer_fraction: 0.0025,
            max_position_fraction: 1,
          },
        },
        { id: 'trade', agent_type: 'trade_manager_agent', config: {} },
        { id: 'report', agent_type: 'reporting_agent', config: { summary: 'template', formats: ['json'] } },
      ],
      edges: [
        ['trigger', 'data'],
        ['data', 'rules'],
        ['rules', 'risk'],
        ['risk', 'trade'],
        ['rules', 'report'],
        ['trade', 'report'],
      ].map(([from, to]) => ({ from, to })),
      trading_mode: 'simulation',
      mode_config: {
        slippage_pct: 0,
        simulate_partial_fills: false,
        simulate_rejections: false,
        initial_balance: '100000',
      },
    },
    agentCatalogue,
  );
  if (plan === null) throw new Error(problems.map(({ message }) => message).join('\n'));
  return plan;
}

/** A bar as grademark takes it, with what the strategy reads of it. */
interface PeerBar extends IBar {
  readonly crossedAbove: boolean;
  readonly crossedBelow: boolean;
  /** Crosses back one bar after it crossed above. */
  readonly isWhipsaw: boolean;
}

/** The bars as grademark takes them: objects in a data frame. Made before the clock runs. */
export function peerFrame(bars: BarSeries): IDataFrame<number, IBar> {
  const values: IBar[] = Array.from({ length: bars.length }, (_bar, row) => ({
    time: new Date(bars.start[row] as number),
    open: bars.open[row] as number,
    high: bars.high[row] as number,
    low: bars.low[row] as number,
    close: bars.close[row] as number,
    volume: bars.volume[row] as number,
  }));
  return new DataFrame<number, IBar>(values).bake();
}

/** `as in its README`: averages by data-forge's windows. `handed averages`: ours, the cheapest there is, so that its engine alone is measured. */
export type PeerAverages = 'as in its README' | 'handed averages';

/**
 * What grademark makes of the bars, indicators included. It asks neither for an exit on the bar it entered at nor for an entry on the
 * bar it left at: it is told not to enter where the cross turns back at once, for it would stay in until the next cross but one.
 */
export function peerTrades(
  frame: IDataFrame<number, IBar>,
  bars: BarSeries,
  { fast, slow }: Cross,
  averages: PeerAverages,
): ITrade[] {
  const strategy: IStrategy<IBar, PeerBar> = {
    prepIndicators: ({ inputSeries }) => {
      const average = (period: number) =>
        averages === 'handed averages' ? ourAverage(bars, period) : windowAverage(inputSeries, period);
      return new DataFrame<number, PeerBar>(withCrosses(inputSeries.toArray(), average(fast), average(slow)));
    },
    entryRule: (enterPosition, { bar }) => {
      if (bar.crossedAbove && !bar.isWhipsaw) enterPosition();
    },
    exitRule: (exitPosition, { bar }) => {
      if (bar.crossedBelow) exitPosition();
    },
  };
  return backtest(strategy, frame);
}

function ourAverage(bars: BarSeries, period: number): Float64Array {
  const indicator = createIndicator(parseIndicatorSpec(`SMA_${period}`));
  const values = new Float64Array(bars.length);
  for (let row = 0; row < bars.length; row++) {
    indicator.update(bars, row, 0, row);
    values[row] = indicator.values[0] as number;
  }
  return values;
}

function windowAverage(frame: IDataFrame<number, IBar>, period: number): Float64Array {
  const averages = frame
    .deflate((bar) => bar.close)
    .rollingWindow(period)
    .select((window) => window.average())
    .toArray();
  const values = new Float64Array(frame.count()).fill(Number.NaN);
  values.set(averages, period - 1);
  return values;
}

function withCrosses(frame: readonly IBar[], fast: Float64Array, slow: Float64Array): PeerBar[] {
  const crossed = new Int8Array(frame.length + 1);
  /** Side of the last bar at which the averages differed: 1 fast above, -1 below, 0 not known yet. */
  let side = 0;
  for (let row = 0; row < frame.length; row++) {
    const now = Math.sign((fast[row] as number) - (slow[row] as number));
    if (now === 0 || Number.isNaN(now)) continue;
    if (side !== 0 && now !== side) crossed[row] = now;
    side = now;
  }
  return frame.map((bar, row) => ({
    ...bar,
    crossedAbove: crossed[row] === 1,
    crossedBelow: crossed[row] === -1,
    isWhipsaw: crossed[row] === 1 && crossed[row + 1] === -1,
  }));
}
