import type { EpochMs, Refusal, RunMode, TradingMode, TriggerFact } from '@bellwether/domain';
import type { AgentOutput } from '../agent/agent-output.ts';
import type { OrderSnapshot } from './lane-story.ts';

interface At {
  /** The market clock of the execution. */
  readonly at: EpochMs;
}
interface Step extends At {
  /** The command this event answers. */
  readonly commandId: string;
  readonly agentId: string;
  readonly agentType: string;
  /** Null for a node that runs before there are lanes. */
  readonly symbol: string | null;
}

/** What may stand in an execution's journal. A fact comes in; `advance` says what follows. */
export type ExecutionEvent =
  | (At & {
      readonly event: 'execution_started';
      readonly executionId: string;
      readonly pipelineId: string;
      readonly version: number;
      readonly tradingMode: TradingMode;
      readonly runMode: RunMode;
      readonly trigger: TriggerFact;
      readonly symbols: readonly string[];
    })
  | (Step & { readonly event: 'agent_started'; readonly attempt: number })
  | (Step & {
      readonly event: 'agent_completed';
      readonly output: AgentOutput | null;
      readonly outputSummary: string;
      /** USD, exact decimal string. */
      readonly costIncrement: string;
      /** Hash of everything the context answered, by which a replay finds it. */
      readonly inputsHash: string | null;
    })
  | (Step & {
      readonly event: 'lane_blocked';
      readonly refusal: Refusal;
      readonly output: AgentOutput | null;
      readonly outputSummary: string;
      readonly costIncrement: string;
      readonly inputsHash: string | null;
    })
  | (Step & {
      readonly event: 'error';
      readonly errorCode: string;
      readonly errorMessage: string;
      readonly attempt: number;
      readonly willRetry: boolean;
    })
  | (At & { readonly event: 'timer_fired'; readonly commandId: string })
  | (Step & { readonly event: 'order_updated'; readonly order: OrderSnapshot })
  | (Step & {
      readonly event: 'trade_executed';
      readonly positionId: string;
      readonly trade: {
        readonly symbol: string;
        readonly action: 'buy' | 'sell';
        readonly quantity: string;
        readonly price: string;
        readonly commission: string;
      };
    })
  /** All intents of a trade node have come to their end: filled, refused, dropped or canceled. */
  | (Step & {
      readonly event: 'intents_settled';
      readonly outcome: 'traded' | 'refused' | 'would_execute';
      readonly refusal: Refusal | null;
      readonly outputSummary: string;
    })
  | (At & { readonly event: 'cancel_requested'; readonly reason: string })
  | (At & {
      readonly event: 'execution_completed';
      readonly commandId: string;
      readonly status: 'completed' | 'failed' | 'canceled';
      readonly result: 'traded' | 'blocked' | 'failed' | 'canceled';
      readonly reason: string | null;
      readonly totalCost: string;
      readonly reportId: string | null;
    });
