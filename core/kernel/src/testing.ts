/** A second face, for tests only: a world for one agent, made of literals. */
import type { ConditionGroup, ConditionReading } from '@bellwether/conditions';
import {
  type Bar,
  type BarSeries,
  barsFrom,
  DAY_MS,
  type EpochMs,
  sliceBars,
  type Timeframe,
  type TradingMode,
  type TriggerFact,
  timeframeMinutes,
} from '@bellwether/domain';
import { type IndicatorSpec, indicatorKey } from '@bellwether/indicators';
import type { AccountView, AgentContext, LanePosition } from './agent/agent-context.ts';
import type { LaneStory } from './execution/lane-story.ts';

export interface FakeWorld {
  readonly now?: EpochMs;
  readonly symbol?: string;
  readonly tradingMode?: TradingMode;
  readonly trigger?: TriggerFact;
  readonly bars?: Partial<Record<Timeframe, readonly Bar[]>>;
  /** Bars of which only the close matters: each opens at the close before it. Ignored for a timeframe in `bars`. */
  readonly closes?: Partial<Record<Timeframe, readonly number[]>>;
  /** Outputs by `timeframe key`, such as `1d ATR(14)`; what is not listed is not warm. */
  readonly indicators?: Readonly<Record<string, Readonly<Record<string, number | null>>>>;
  /** Answers a group; without it nothing is met. */
  readonly condition?: (group: ConditionGroup, timeframe: Timeframe) => Partial<ConditionReading>;
  readonly position?: Partial<LanePosition>;
  readonly account?: Partial<AccountView>;
  readonly story?: Partial<LaneStory>;
  readonly label?: { readonly source: string; readonly synthetic: boolean };
}

/** An account of $100,000 in cash, no limits, no commission. */
const ACCOUNT: AccountView = {
  equity: '100000.00',
  cash: '100000.00',
  buyingPower: '200000.00',
  openPositions: 0,
  symbolExposure: '0.00',
  grossExposure: '0.00',
  openRisk: '0.00',
  allowShort: true,
  commission: { perShare: 0, minimum: 0, maximumFraction: null },
};

/** Thursday, 2026-03-05, 21:00 UTC: a close in New York. */
const NOW = 1_772_744_400_000;

/** An agent's context that answers from literals. What is not given is empty, flat, unmet and not warm. */
export class FakeContext implements AgentContext {
  readonly now: EpochMs;
  readonly executionId = 'execution-1';
  readonly pipelineName = 'Test pipeline';
  readonly tradingMode: TradingMode;
  readonly symbol: string;
  readonly trigger: TriggerFact;
  readonly forcedFlatAt = null;
  readonly #world: FakeWorld;

  constructor(world: FakeWorld = {}) {
    this.#world = world;
    this.now = world.now ?? NOW;
    this.symbol = world.symbol ?? 'AAPL';
    this.tradingMode = world.tradingMode ?? 'simulation';
    this.trigger = world.trigger ?? { nodeId: null, kind: 'manual', at: this.now, text: 'started by hand' };
  }

  bars(timeframe: Timeframe, count: number): BarSeries {
    const bars = this.#world.bars?.[timeframe] ?? this.#fromCloses(timeframe);
    return sliceBars(barsFrom(this.symbol, timeframe, bars), bars.length - count, bars.length);
  }

  indicator(spec: IndicatorSpec, timeframe: Timeframe): Readonly<Record<string, number | null>> {
    return this.#world.indicators?.[`${timeframe} ${indicatorKey(spec)}`] ?? {};
  }

  condition(group: ConditionGroup, timeframe: Timeframe): ConditionReading {
    const answer = this.#world.condition?.(group, timeframe) ?? {};
    return { met: false, warm: true, text: 'the condition', terms: [], ...answer };
  }

  dataLabel(): { readonly source: string; readonly synthetic: boolean } {
    return this.#world.label ?? { source: 'literals', synthetic: true };
  }

  position(): LanePosition {
    return { side: 'flat', quantity: '0', averageEntry: null, orderPending: false, ...this.#world.position };
  }

  account(): AccountView {
    return { ...ACCOUNT, ...this.#world.account };
  }

  story(): LaneStory {
    return { symbol: this.symbol, steps: [], orders: [], ...this.#world.story };
  }

  #fromCloses(timeframe: Timeframe): Bar[] {
    const closes = this.#world.closes?.[timeframe] ?? [];
    const length = timeframe === '1d' ? DAY_MS : timeframeMinutes(timeframe) * 60_000;
    return closes.map((close, i) => {
      const open = closes[i - 1] ?? close;
      const end = this.now - (closes.length - 1 - i) * length;
      return {
        start: end - length,
        end,
        open,
        high: Math.max(open, close),
        low: Math.min(open, close),
        close,
        volume: 1000,
      };
    });
  }
}
