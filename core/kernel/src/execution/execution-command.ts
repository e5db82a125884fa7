import type { EpochMs } from '@bellwether/domain';
import type { TradePlan } from '../agent/agent-output.ts';

interface Command {
  /** A function of (execution, journal_seq, place in the list): after a crash the same id returns and serves as idempotency key. */
  readonly id: string;
}

export type ExecutionCommand =
  | (Command & {
      readonly command: 'invoke_agent';
      readonly nodeId: string;
      readonly symbol: string | null;
      readonly attempt: number;
    })
  | (Command & {
      readonly command: 'submit_intents';
      readonly nodeId: string;
      readonly symbol: string;
      readonly plan: TradePlan;
    })
  | (Command & {
      readonly command: 'set_timer';
      readonly nodeId: string;
      readonly symbol: string | null;
      readonly dueAt: EpochMs;
    })
  | (Command & {
      readonly command: 'complete_execution';
      readonly status: 'completed' | 'failed' | 'canceled';
      readonly result: 'traded' | 'blocked' | 'failed' | 'canceled';
      readonly reason: string | null;
    });
