import type {
  Blocked,
  ExecutionResult,
  ExecutionStatus,
  JsonValue,
  Order,
  Position,
  RunMode,
  Trade,
  TradingMode,
} from './wire.ts';

interface Envelope {
  /** Per user and without gaps; null when read from an execution's journal. */
  readonly seq: number | null;
  readonly journal_seq: number | null;
  readonly execution_id: string | null;
  readonly pipeline_id: string | null;
  readonly agent_id?: string | null;
  readonly agent_type?: string | null;
  readonly symbol?: string | null;
  /** The market's clock; on a tape it is not the wall's. */
  readonly timestamp: string;
  readonly recorded_at: string;
}

type Event<Name extends string, Body = unknown> = Envelope & { readonly event: Name } & Readonly<Body>;

export type LiveEvent =
  | Event<
      'execution_started',
      {
        version: number;
        trading_mode: TradingMode;
        run_mode: RunMode;
        trigger: { node_id: string | null; kind: string; at: string; text: string } | null;
        symbols: readonly string[];
      }
    >
  | Event<'agent_started', { attempt: number }>
  | Event<
      'agent_completed',
      { output_summary: string; cost_increment: string; output: { kind: string; value: JsonValue } | null }
    >
  | Event<'lane_blocked', Blocked & { output_summary?: string | null }>
  | Event<'order_updated', { order: Order }>
  | Event<
      'trade_executed',
      {
        position_id: string | null;
        trade: { symbol: string; action: string; quantity: string; price: string; commission: string | null };
      }
    >
  | Event<'intents_settled', { outcome: string; text: string }>
  | Event<'error', { error_code: string; error_message: string; attempt: number; will_retry: boolean }>
  | Event<'timer_fired'>
  | Event<'cancel_requested', { reason: string | null }>
  | Event<'execution_waiting', { text: string }>
  | Event<
      'execution_completed',
      {
        status: ExecutionStatus;
        result: ExecutionResult | null;
        reason: string | null;
        total_cost: string;
        report_id: string | null;
      }
    >
  | Event<'pipeline_updated'>
  | Event<'position_updated', { position: Position }>
  | Event<'position_closed', { trade: Trade }>;

export interface EventPage {
  readonly items: readonly LiveEvent[];
  /** The newest number of this user, whether or not it is on this page. */
  readonly last_seq: number;
}

export type EventName = LiveEvent['event'];
