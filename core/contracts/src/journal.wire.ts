import { assertNever, type EpochMs, formatInstant } from '@bellwether/domain';
import type { ExecutionEvent, OrderSnapshot } from '@bellwether/kernel';
import type { ExecutionEventWire, OrderWire } from './journal.schema.ts';
import {
  instantFromWire,
  outputFromWire,
  outputToWire,
  refusalFromWire,
  refusalToWire,
  triggerFromWire,
  triggerToWire,
} from './outputs.wire.ts';

/** What the store knows of an event and the event itself does not. */
export interface EventEnvelope {
  readonly executionId: string;
  readonly pipelineId: string;
  /** Place in the execution's journal. */
  readonly journalSeq: number;
  /** Place in the user's stream; null while it has none. */
  readonly seq: number | null;
  readonly recordedAt: EpochMs;
}

export function orderToWire(order: OrderSnapshot): OrderWire {
  return {
    order_id: order.orderId,
    position_id: order.positionId,
    purpose: order.purpose,
    symbol: order.symbol,
    side: order.side,
    type: order.type,
    status: order.status,
    quantity: order.quantity,
    filled_quantity: order.filledQuantity,
    average_price: order.averagePrice,
    limit_price: order.limitPrice,
    stop_price: order.stopPrice,
    commission: order.commission,
    reason: order.reason,
    ...(order.cut === undefined ? {} : { cut: { rule: order.cut.rule, decided_quantity: order.cut.decidedQuantity } }),
  };
}

export function orderFromWire(wire: OrderWire): OrderSnapshot {
  return {
    orderId: wire.order_id,
    positionId: wire.position_id,
    purpose: wire.purpose,
    symbol: wire.symbol,
    side: wire.side,
    type: wire.type,
    status: wire.status,
    quantity: wire.quantity,
    filledQuantity: wire.filled_quantity,
    averagePrice: wire.average_price,
    limitPrice: wire.limit_price,
    stopPrice: wire.stop_price,
    commission: wire.commission,
    reason: wire.reason,
    ...(wire.cut === undefined ? {} : { cut: { rule: wire.cut.rule, decidedQuantity: wire.cut.decided_quantity } }),
  };
}

type StepEvent = Extract<ExecutionEvent, { agentId: string }>;
type StepWire = Extract<ExecutionEventWire, { agent_id: string }>;

function stepToWire(event: StepEvent) {
  return { command_id: event.commandId, agent_id: event.agentId, agent_type: event.agentType, symbol: event.symbol };
}

function stepFromWire(wire: StepWire) {
  return { commandId: wire.command_id, agentId: wire.agent_id, agentType: wire.agent_type, symbol: wire.symbol };
}

type DecidedEvent = Extract<ExecutionEvent, { event: 'agent_completed' | 'lane_blocked' }>;
type DecidedWire = Extract<ExecutionEventWire, { event: 'agent_completed' | 'lane_blocked' }>;

function decidedToWire(event: DecidedEvent) {
  return {
    output: event.output === null ? null : outputToWire(event.output),
    output_summary: event.outputSummary,
    cost_increment: event.costIncrement,
    inputs_hash: event.inputsHash,
  };
}

function decidedFromWire(wire: DecidedWire) {
  return {
    output: wire.output === null ? null : outputFromWire(wire.output),
    outputSummary: wire.output_summary,
    costIncrement: wire.cost_increment,
    inputsHash: wire.inputs_hash,
  };
}

/** Writes an event as its journal row, the stream and an export hold it. `eventFromWire` gives it back. */
export function eventToWire(event: ExecutionEvent, envelope: EventEnvelope): ExecutionEventWire {
  const at = {
    seq: envelope.seq,
    journal_seq: envelope.journalSeq,
    execution_id: envelope.executionId,
    pipeline_id: envelope.pipelineId,
    timestamp: formatInstant(event.at),
    recorded_at: formatInstant(envelope.recordedAt),
  };
  switch (event.event) {
    case 'execution_started':
      return {
        event: event.event,
        ...at,
        version: event.version,
        trading_mode: event.tradingMode,
        run_mode: event.runMode,
        trigger: triggerToWire(event.trigger),
        symbols: [...event.symbols],
      };
    case 'agent_started':
      return { event: event.event, ...at, ...stepToWire(event), attempt: event.attempt };
    case 'agent_completed':
      return { event: event.event, ...at, ...stepToWire(event), ...decidedToWire(event) };
    case 'lane_blocked':
      return {
        event: event.event,
        ...at,
        ...stepToWire(event),
        ...refusalToWire(event.refusal),
        ...decidedToWire(event),
      };
    case 'error':
      return {
        event: event.event,
        ...at,
        ...stepToWire(event),
        error_code: event.errorCode,
        error_message: event.errorMessage,
        attempt: event.attempt,
        will_retry: event.willRetry,
      };
    case 'timer_fired':
      return { event: event.event, ...at, command_id: event.commandId };
    case 'order_updated':
      return { event: event.event, ...at, ...stepToWire(event), order: orderToWire(event.order) };
    case 'trade_executed': {
      const { symbol, action, quantity, price, commission } = event.trade;
      return {
        event: event.event,
        ...at,
        ...stepToWire(event),
        position_id: event.positionId,
        trade: { symbol, action, quantity, price, commission },
      };
    }
    case 'intents_settled':
      return {
        event: event.event,
        ...at,
        ...stepToWire(event),
        outcome: event.outcome,
        refusal: event.refusal === null ? null : refusalToWire(event.refusal),
        output_summary: event.outputSummary,
        text: event.refusal?.text ?? event.outputSummary,
      };
    case 'cancel_requested':
      return { event: event.event, ...at, reason: event.reason };
    case 'execution_completed':
      return {
        event: event.event,
        ...at,
        command_id: event.commandId,
        status: event.status,
        result: event.result,
        reason: event.reason,
        total_cost: event.totalCost,
        report_id: event.reportId,
      };
    default:
      return assertNever(event);
  }
}

/** Reads the event out of what `eventToWire` wrote. The wire must be one of ours: nothing is checked. */
export function eventFromWire(wire: ExecutionEventWire): ExecutionEvent {
  const at = instantFromWire(wire.timestamp);
  switch (wire.event) {
    case 'execution_started':
      return {
        event: wire.event,
        at,
        executionId: wire.execution_id,
        pipelineId: wire.pipeline_id,
        version: wire.version,
        tradingMode: wire.trading_mode,
        runMode: wire.run_mode,
        trigger: triggerFromWire(wire.trigger),
        symbols: wire.symbols,
      };
    case 'agent_started':
      return { event: wire.event, at, ...stepFromWire(wire), attempt: wire.attempt };
    case 'agent_completed':
      return { event: wire.event, at, ...stepFromWire(wire), ...decidedFromWire(wire) };
    case 'lane_blocked':
      return { event: wire.event, at, ...stepFromWire(wire), refusal: refusalFromWire(wire), ...decidedFromWire(wire) };
    case 'error':
      return {
        event: wire.event,
        at,
        ...stepFromWire(wire),
        errorCode: wire.error_code,
        errorMessage: wire.error_message,
        attempt: wire.attempt,
        willRetry: wire.will_retry,
      };
    case 'timer_fired':
      return { event: wire.event, at, commandId: wire.command_id };
    case 'order_updated':
      return { event: wire.event, at, ...stepFromWire(wire), order: orderFromWire(wire.order) };
    case 'trade_executed': {
      const { symbol, action, quantity, price, commission } = wire.trade;
      return {
        event: wire.event,
        at,
        ...stepFromWire(wire),
        positionId: wire.position_id,
        trade: { symbol, action, quantity, price, commission },
      };
    }
    case 'intents_settled':
      return {
        event: wire.event,
        at,
        ...stepFromWire(wire),
        outcome: wire.outcome,
        refusal: wire.refusal === null ? null : refusalFromWire(wire.refusal),
        outputSummary: wire.output_summary,
      };
    case 'cancel_requested':
      return { event: wire.event, at, reason: wire.reason };
    case 'execution_completed':
      return {
        event: wire.event,
        at,
        commandId: wire.command_id,
        status: wire.status,
        result: wire.result,
        reason: wire.reason,
        totalCost: wire.total_cost,
        reportId: wire.report_id,
      };
    default:
      return assertNever(wire);
  }
}
