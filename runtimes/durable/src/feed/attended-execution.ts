import type { EpochMs, TriggerFact } from '@bellwether/domain';
import {
  type ExecutionEvent,
  type ExecutionPlan,
  type PipelineSession,
  stepContext,
  type TradePlan,
} from '@bellwether/kernel';
import { ExecutionDrive } from '../engine/drive.ts';
import type { JournalPage } from '../engine/journal.ts';

/** An execution of a session that somebody attends to: driven, and written down. */
export interface Attended {
  readonly drive: ExecutionDrive;
  readonly page: JournalPage;
  /** Under which its row may be written. */
  readonly attempt: number;
  /** Set until its row has been written. */
  isNew: boolean;
  readonly trigger: TriggerFact;
  /** What it waits for, as was last told. */
  waiting: string | null;
}

export interface AttendSettings {
  readonly executionId: string;
  readonly trigger: TriggerFact;
  readonly attempt: number;
  readonly plan: ExecutionPlan;
  readonly session: PipelineSession;
  readonly page: JournalPage;
  readonly sha256Hex: (text: string) => string;
  /** Keeps what agents were told, under its hash. */
  readonly keep: (hash: string, answers: unknown) => void;
  readonly journal: (attended: Attended, seq: number, event: ExecutionEvent) => void;
  readonly ended: () => void;
}

/** Opens the drive of an execution whose world is its session's. */
export function attend(settings: AttendSettings): Attended {
  const { executionId, trigger, attempt, plan, session, page, sha256Hex, keep } = settings;
  const world = {
    now: () => session.now,
    view: session.view,
    desk: session.desk,
    forcedFlatAt: (at: EpochMs) => session.forcedFlatAt(at),
    keep: { sha256: sha256Hex, store: keep },
  };
  const drive = new ExecutionDrive(
    {
      plan,
      ports: {
        now: () => session.now,
        contextFor: (_plan, state, _node, symbol) => stepContext(plan, state, symbol, world),
        submit: (_plan, state, command) => {
          session.submit(command.plan as TradePlan, {
            commandId: command.id,
            executionId: state.executionId,
            nodeId: command.nodeId,
            agentType: plan.byId.get(command.nodeId)?.agentType ?? '',
            symbol: command.symbol,
          });
          return [];
        },
        reportId: (state) => (writesReport(plan) ? state.executionId : null),
      },
      journal: (seq, event) => settings.journal(attended, seq, event),
      ended: settings.ended,
      // The desk is this process's own memory, saved with the journal: handing it intents is no way out.
      leavesProcess: () => false,
      isHandedOver: (command) => command.command === 'submit_intents',
    },
    executionId,
  );
  const attended: Attended = { drive, page, attempt, isNew: true, trigger, waiting: null };
  return attended;
}

export function writesReport(plan: ExecutionPlan): boolean {
  return plan.nodes.some((node) => node.agent.writes === 'report');
}
