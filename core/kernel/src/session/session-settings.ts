import type { Bar, EpochMs, ExchangeCalendar, Timeframe, TriggerFact } from '@bellwether/domain';
import type { ExecutionPlan } from '../execution/execution-plan.ts';
import type { DailyUse } from '../guards/daily-limits.ts';
import type { DataLabel } from '../market/market-view.ts';
import type { TriggerMemory } from '../market/trigger-watch.ts';
import type { Sha256 } from '../order/client-order-id.ts';
import type { Marks } from '../order/desk-account.ts';
import type { DeskEvent } from '../order/desk-events.ts';
import type { DeskSettings, DeskState } from '../order/order-desk.ts';
import type { Venue, VenueEvent } from '../order/venue.ts';
import type { RunState } from '../schedule/run-mode.ts';

/** A venue that is driven by bars. */
export interface BarVenue extends Venue {
  onBar(symbol: string, bar: Bar): readonly VenueEvent[];
  /** Compares equity with what the positions require, and sets or lifts the margin call. */
  assessMargin(marks: Marks, at: EpochMs): readonly VenueEvent[];
  readonly marginCalled: boolean;
}

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
  /** A trigger or tick came to nothing, and why. */
  skipped(at: EpochMs, reason: string): void;
}

export interface SessionSettings {
  readonly plan: ExecutionPlan;
  readonly symbols: readonly SessionSymbol[];
  readonly venue: BarVenue;
  readonly desk: DeskSettings;
  readonly sha256: Sha256;
  /** No execution starts before this instant: bars before it only warm up. */
  readonly decideFrom: EpochMs;
}

/** Plain data but for the bigints of the desk; the views are rebuilt from the bars. */
export interface SessionState {
  readonly runState: RunState;
  readonly executing: boolean;
  readonly triggers: readonly TriggerMemory[];
  readonly timeDue: EpochMs | null;
  readonly tickDue: EpochMs | null;
  readonly flattenedOn: string | null;
  readonly daily: DailyUse;
  readonly desk: DeskState;
}
