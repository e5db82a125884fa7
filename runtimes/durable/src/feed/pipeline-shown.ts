import type { EpochMs } from '@bellwether/domain';
import type { ExecutionPlan, PipelineSession, RunState } from '@bellwether/kernel';
import type { PipelinePatch } from '../engine/write.ts';
import type { HeldSession } from './session-store.ts';
import { whatTriggers } from './trigger-facts.ts';

/** The end of a session that somebody stopped: its state says so, no reason is needed. */
export const STOPPED = 'stopped';

export interface ShownFacts {
  readonly held: HeldSession;
  readonly plan: ExecutionPlan;
  readonly session: PipelineSession;
  readonly endReason: string | null;
  readonly isStopping: boolean;
  /** The open execution: what it waits for, or null while it works; undefined when none is open. */
  readonly open: { readonly waiting: string | null } | undefined;
  readonly holds: boolean;
  /** Since when, on the wall, its broker keeps it waiting; null when it does not. */
  readonly waitsForBrokerSince: EpochMs | null;
  /** What stands against entries, in words; null when nothing does. */
  readonly stands: string | null;
}

/** Says where the pipeline stands, and why, as its row shows it. */
export function pipelineShown(facts: ShownFacts): PipelinePatch {
  const { held, session, endReason } = facts;
  const state = stateShown(facts);
  const { timeDue, tickDue } = session.saveState();
  const due = [timeDue, tickDue].filter((at) => at !== null);
  const nextDueAt = endReason !== null || due.length === 0 ? null : Math.min(...due);
  const reason = endReason === null ? reasonNow(state, facts) : endReason === STOPPED ? null : endReason;
  return { id: held.pipelineId, state, reason, nextDueAt };
}

function stateShown({ held, session, endReason, isStopping, open, holds }: ShownFacts): RunState {
  if (endReason !== null) return isStopping ? 'stopped' : 'completed';
  if (held.purpose === 'start') return session.runState;
  if (open !== undefined) return 'running';
  return holds ? 'holding' : 'completed';
}

function reasonNow(state: RunState, facts: ShownFacts): string | null {
  const { waitsForBrokerSince: since, stands } = facts;
  if (since !== null) return `waiting for the broker, since ${new Date(since).toISOString().slice(11, 19)} UTC`;
  return stands ?? reasonFor(state, facts);
}

function reasonFor(state: RunState, { plan, open, holds }: ShownFacts): string | null {
  switch (state) {
    case 'armed':
      return `waits for ${whatTriggers(plan)}`;
    case 'running':
      return open?.waiting ?? 'an execution is under way';
    case 'holding':
      return 'its position is open and managed';
    case 'sleeping':
      return 'waits for its next window';
    case 'stopped':
    case 'completed':
      return holds ? 'its position is still open and managed' : null;
    default:
      return null;
  }
}
