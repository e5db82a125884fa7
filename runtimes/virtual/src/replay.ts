import { BellwetherError, isBellwetherError } from '@bellwether/domain';
import {
  advance,
  type ExecutionEvent,
  type ExecutionPlan,
  type ExecutionState,
  perform,
  type RecordedAnswer,
  replayContext,
  startExecution,
} from '@bellwether/kernel';
import { canonicalJson } from '@bellwether/pipeline';

/** What deciding again showed. `journalSeq` is that of the first event that came out differently. */
export type ReplayVerdict =
  | { readonly kind: 'identical'; readonly decisions: number }
  | {
      readonly kind: 'different';
      readonly executionId: string;
      readonly journalSeq: number;
      readonly agentId: string;
      readonly recorded: string;
      readonly decided: string;
    };

/** The first recorded answer, by the hash that a step names. */
export type AnswersByHash = (hash: string) => readonly RecordedAnswer[] | undefined;

/**
 * journal ─▶ fold ─▶ at each decision: ask the agent again with what it was told ─▶ compare
 *
 * Re-decides one execution from its journal without asking anybody.
 */
export function replayExecution(
  plan: ExecutionPlan,
  executionId: string,
  journal: readonly ExecutionEvent[],
  answers: AnswersByHash,
): ReplayVerdict {
  let state = startExecution(plan, executionId);
  let decisions = 0;
  for (const event of journal) {
    if (event.event === 'agent_completed' || event.event === 'lane_blocked') {
      decisions += 1;
      const decided = decideAgain(plan, state, event, answers);
      const recorded = canonicalJson(withoutCost(event));
      if (decided !== recorded)
        return { kind: 'different', executionId, journalSeq: state.seq + 1, agentId: event.agentId, recorded, decided };
    }
    state = advance(plan, state, event).state;
  }
  return { kind: 'identical', decisions };
}

type Decided = Extract<ExecutionEvent, { event: 'agent_completed' | 'lane_blocked' }>;

function decideAgain(plan: ExecutionPlan, state: ExecutionState, event: Decided, answers: AnswersByHash): string {
  const command = state.open.find((open) => open.id === event.commandId);
  if (command?.command !== 'invoke_agent') return `no open command ${event.commandId}`;
  const told = event.inputsHash === null ? [] : answers(event.inputsHash);
  if (told === undefined) {
    throw new BellwetherError(
      'invalid',
      'replay/unreadable',
      `expected the answers ${event.inputsHash} that journal_seq ${state.seq + 1} rests on, found none; write the journal again`,
    );
  }
  try {
    const again = perform(plan, state, command, {
      now: () => event.at,
      contextFor: (_plan, _state, _node, symbol) => ({
        context: replayContext(plan, state, symbol, event.at, told),
        inputsHash: () => event.inputsHash,
      }),
      submit: () => [],
      reportId: () => null,
    });
    if (again instanceof Promise) return 'a promise: this agent cannot be decided again here';
    const first = again[0];
    return first === undefined ? 'nothing' : canonicalJson(withoutCost(first));
  } catch (error) {
    if (isBellwetherError(error) && error.code === 'replay/different') return error.message;
    throw error;
  }
}

/** What a decision cost depends on how long it took; what was decided does not. */
function withoutCost(event: ExecutionEvent): unknown {
  return 'costIncrement' in event ? { ...event, costIncrement: '0' } : event;
}
