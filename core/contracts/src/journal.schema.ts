import Type, { type Static, type TProperties } from 'typebox';
import { AgentOutputWire, RefusalWire, TriggerWire } from './outputs.schema.ts';
import { PositionWire } from './positions.schema.ts';
import { TradeWire } from './trades.schema.ts';
import {
  DecimalText,
  Id,
  Instant,
  Nullable,
  PageOf,
  RunModeName,
  SideName,
  TradingModeName,
} from './wire-value.schema.ts';

const EndStatus = Type.Enum(['completed', 'failed', 'canceled']);
const EndResult = Type.Enum(['traded', 'blocked', 'failed', 'canceled']);

export const OrderWire = Type.Object(
  {
    order_id: Id,
    position_id: Id,
    purpose: Type.Enum(['entry', 'exit', 'stop_only', 'replace', 'close']),
    symbol: Type.String(),
    side: SideName,
    type: Type.Enum(['market', 'limit', 'stop']),
    status: Type.String(),
    quantity: DecimalText,
    filled_quantity: DecimalText,
    average_price: Nullable(DecimalText),
    limit_price: Nullable(DecimalText),
    stop_price: Nullable(DecimalText),
    commission: DecimalText,
    reason: Nullable(Type.String()),
    /** Why less was ordered than decided; absent where it was not. */
    cut: Type.Optional(Type.Object({ rule: Type.String(), decided_quantity: DecimalText })),
  },
  { 'x-name': 'Order' },
);
export type OrderWire = Static<typeof OrderWire>;

/** Where an event stands: in its user's stream and in its execution's journal. */
const inJournal = {
  /** Rises per user without gaps; null where the event is read from a journal. */
  seq: Nullable(Type.Integer()),
  journal_seq: Type.Integer(),
  execution_id: Id,
  pipeline_id: Id,
  /** The market clock of the execution. */
  timestamp: Instant,
  /** The server's clock. */
  recorded_at: Instant,
};
/** An event beside the journals may belong to an execution, to a pipeline, or to neither. */
const inStream = {
  ...inJournal,
  journal_seq: Nullable(Type.Integer()),
  execution_id: Nullable(Id),
  pipeline_id: Nullable(Id),
};
const step = {
  command_id: Type.String(),
  agent_id: Type.String(),
  agent_type: Type.String(),
  symbol: Nullable(Type.String()),
};
const decided = {
  output: Nullable(AgentOutputWire),
  output_summary: Type.String(),
  cost_increment: DecimalText,
  inputs_hash: Nullable(Type.String()),
};

function journalEvent<Name extends string, Body extends TProperties>(event: Name, name: string, body: Body) {
  return Type.Object({ event: Type.Literal(event), ...inJournal, ...body }, { 'x-name': name });
}

function streamEvent<Name extends string, Body extends TProperties>(event: Name, name: string, body: Body) {
  return Type.Object({ event: Type.Literal(event), ...inStream, ...body }, { 'x-name': name });
}

export const ExecutionEventWire = Type.Union(
  [
    journalEvent('execution_started', 'ExecutionStarted', {
      version: Type.Integer(),
      trading_mode: TradingModeName,
      run_mode: RunModeName,
      trigger: TriggerWire,
      symbols: Type.Array(Type.String()),
    }),
    journalEvent('agent_started', 'AgentStarted', { ...step, attempt: Type.Integer() }),
    journalEvent('agent_completed', 'AgentCompleted', { ...step, ...decided }),
    journalEvent('lane_blocked', 'LaneBlocked', { ...step, ...RefusalWire.properties, ...decided }),
    journalEvent('error', 'AgentError', {
      ...step,
      error_code: Type.String(),
      error_message: Type.String(),
      attempt: Type.Integer(),
      will_retry: Type.Boolean(),
    }),
    journalEvent('timer_fired', 'TimerFired', { command_id: Type.String() }),
    journalEvent('order_updated', 'OrderUpdated', { ...step, order: OrderWire }),
    journalEvent('trade_executed', 'TradeExecuted', {
      ...step,
      position_id: Id,
      trade: Type.Object({
        symbol: Type.String(),
        action: SideName,
        quantity: DecimalText,
        price: DecimalText,
        commission: DecimalText,
      }),
    }),
    journalEvent('intents_settled', 'IntentsSettled', {
      ...step,
      outcome: Type.Enum(['traded', 'refused', 'would_execute']),
      refusal: Nullable(RefusalWire),
      output_summary: Type.String(),
      /** The refusal's sentence, or the summary where nothing was refused. */
      text: Type.String(),
    }),
    journalEvent('cancel_requested', 'CancelRequested', { reason: Type.String() }),
    journalEvent('execution_completed', 'ExecutionCompleted', {
      command_id: Type.String(),
      status: EndStatus,
      result: EndResult,
      reason: Nullable(Type.String()),
      total_cost: DecimalText,
      report_id: Nullable(Id),
    }),
  ],
  { 'x-name': 'ExecutionEvent', 'x-discriminator': 'event' },
);
/** An event of an execution as its journal row holds it. */
export type ExecutionEventWire = Static<typeof ExecutionEventWire>;

/** All that a user's stream may carry: what journals hold, and what the platform says beside them. */
export const StreamEventWire = Type.Union(
  [
    ...ExecutionEventWire.anyOf,
    streamEvent('execution_waiting', 'ExecutionWaiting', { text: Type.String() }),
    streamEvent('pipeline_updated', 'PipelineUpdated', {}),
    streamEvent('position_updated', 'PositionUpdated', { symbol: Type.String(), position: PositionWire }),
    streamEvent('kill_switch_changed', 'KillSwitchChanged', {
      scope: Type.Enum(['platform', 'user', 'account', 'pipeline']),
      scope_id: Nullable(Id),
      is_engaged: Type.Boolean(),
      flatten: Type.Boolean(),
      reason: Type.String(),
    }),
    streamEvent('limits_changed', 'LimitsChanged', { account_id: Id }),
    /** Somebody acted by hand: closed, stopped, released, re-armed. */
    streamEvent('intervention_recorded', 'InterventionRecorded', {
      intervention_id: Id,
      kind: Type.String(),
      target: Type.String(),
      reason: Type.String(),
    }),
    streamEvent('position_closed', 'PositionClosed', { symbol: Type.String(), trade: TradeWire }),
  ],
  { 'x-name': 'JournalEvent', 'x-discriminator': 'event' },
);
export type StreamEventWire = Static<typeof StreamEventWire>;

export const JournalPage = PageOf(StreamEventWire);
export const EventsPage = Type.Object({ items: Type.Array(StreamEventWire), last_seq: Type.Integer() });
