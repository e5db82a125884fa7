import type { EpochMs, ExchangeCalendar, Timeframe, TriggerFact } from '@bellwether/domain';
import type { ExecutionPlan } from '../execution/execution-plan.ts';
import type { DailyUse } from '../guards/daily-limits.ts';
import type { DataLabel } from '../market/market-view.ts';
import type { TriggerMemory } from '../market/trigger-watch.ts';
import type { OpenDesk } from '../order/desk.ts';
import type { DeskEvent } from '../order/desk-events.ts';
import type { RunState } from '../schedule/run-mode.ts';

export interface SessionSymbol {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly calendar: ExchangeCalendar;
  readonly label: DataLabel;
  /** See `SymbolView`: how much history may warm the indicators up. */
  readonly warmFrom: ReadonlyMap<Timeframe, EpochMs>;
}

/** What a session asks of its runtime. */
export interface SessionEvents {
  /** An execution is to start now. In a virtual runtime it has run as far as it can when this returns. */
  start(trigger: TriggerFact): void;
  desk(event: DeskEvent): void;
  /** A trigger or tick came to nothing, and why; each is told once. */
  skipped(at: EpochMs, reason: string, kind: TriggerFact['kind']): void;
}

export interface SessionSettings {
  readonly plan: ExecutionPlan;
  readonly symbols: readonly SessionSymbol[];
  readonly openDesk: OpenDesk;
  /** No execution starts before this instant: bars before it only warm up. */
  readonly decideFrom: EpochMs;
  /** What was due longer ago than this is missed, not run late; absent where time is never late, on a tape. */
  readonly latestMs?: number;
}

/** Plain data. The views are rebuilt from the bars; the desk keeps its own memory. */
export interface SessionState {
  readonly runState: RunState;
  readonly executing: boolean;
  readonly triggers: readonly TriggerMemory[];
  readonly timeDue: EpochMs | null;
  readonly tickDue: EpochMs | null;
  readonly flattenedOn: string | null;
  readonly daily: DailyUse;
}
