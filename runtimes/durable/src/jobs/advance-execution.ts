import { BellwetherError, type EpochMs, type RunMode, type TradingMode, type TriggerFact } from '@bellwether/domain';
import type { ExecutionCommand, ExecutionEvent, ExecutionPlan, ExecutionPorts } from '@bellwether/kernel';
import type pg from 'pg';
import { ExecutionDrive } from '../engine/drive.ts';
import type { EventCodec, EventDocument } from '../engine/event-codec.ts';
import type { GroupCommit } from '../engine/group-commit.ts';
import { JournalPage, projectionOf, waitingText } from '../engine/journal.ts';
import type { EventRow } from '../engine/write.ts';

export interface ExecutionRow {
  readonly id: string;
  readonly userId: string;
  readonly pipelineId: string;
  readonly version: number;
  readonly tradingMode: TradingMode;
  readonly runMode: RunMode;
  readonly trigger: TriggerFact;
  readonly attempt: number;
  /** Of the published document: executions with the same one share a plan. */
  readonly contentHash: string;
}

export interface AdvanceSettings {
  readonly pool: pg.Pool;
  readonly commits: Pick<GroupCommit, 'write'>;
  readonly codec: EventCodec;
  readonly now: () => EpochMs;
  /** Returns the compiled plan of a published version. */
  readonly planOf: (execution: ExecutionRow) => Promise<ExecutionPlan>;
  /** What the execution meets of the world. */
  readonly portsFor: (execution: ExecutionRow, plan: ExecutionPlan) => ExecutionPorts;
  /** Has the execution looked at again at an instant. */
  readonly wakeAt: (executionId: string, at: EpochMs) => Promise<void>;
}

interface OpenRow {
  readonly id: string;
  readonly user_id: string;
  readonly pipeline_id: string;
  readonly version: number;
  readonly trading_mode: TradingMode;
  readonly run_mode: RunMode;
  readonly trigger: {
    readonly node_id: string | null;
    readonly kind: TriggerFact['kind'];
    readonly at: string;
    readonly text: string;
  };
  readonly attempt: number;
  readonly last_seq: number;
  readonly content_hash: string;
}

/**
 * hold ─▶ fold the journal ─▶ perform ─▶ append ─▶ … until no command is open that only we can answer
 *
 * Advances executions that live in no session, many at a time. There is no recovery: starting is recovering.
 *
 * Invariants: 1. raising `attempt` takes the execution; whoever held it before can write nothing more. 2. a question leaves the process only
 * after everything before it is committed. 3. an execution that waits costs nothing: its timers are jobs, its facts rows.
 */
export class ExecutionAdvancer {
  readonly #settings: AdvanceSettings;
  /** By agent type, once it has been asked: whether it answers with a promise. What is not known yet is held until committed. */
  readonly #answersLater = new Map<string, boolean>();

  constructor(settings: AdvanceSettings) {
    this.#settings = settings;
  }

  /** Advances each as far as it goes. Returns what became of each; a failure is one execution's alone. */
  async advance(ids: readonly string[]): Promise<readonly PromiseSettledResult<void>[]> {
    const { pool } = this.#settings;
    const { rows } = await pool.query<OpenRow>({
      name: 'hold_executions',
      text: `UPDATE engine.executions e SET attempt = e.attempt + 1 FROM app.pipeline_versions v
             WHERE e.id = ANY ($1::uuid[]) AND e.session_id IS NULL AND e.ended_at IS NULL
               AND v.pipeline_id = e.pipeline_id AND v.version = e.version
             RETURNING e.id, e.user_id, e.pipeline_id, e.version, e.trading_mode, e.run_mode, e.trigger, e.attempt, e.last_seq, v.content_hash`,
      values: [ids],
    });
    const begun = rows.filter(({ last_seq }) => last_seq > 0).map(({ id }) => id);
    const [journals, facts] = await Promise.all([this.#journals(begun), this.#facts(rows.map(({ id }) => id))]);
    const byId = new Map(rows.map((row) => [row.id, row]));
    return Promise.allSettled(
      ids.map(async (id) => {
        const row = byId.get(id);
        if (row !== undefined) await this.#drive(rowToExecution(row), journals.get(id) ?? [], facts.get(id) ?? []);
      }),
    );
  }

  #leavesProcess(plan: ExecutionPlan, command: ExecutionCommand): boolean {
    if (command.command === 'submit_intents') return true;
    return command.command === 'invoke_agent' && this.#answersLater.get(agentTypeOf(plan, command.nodeId)) !== false;
  }

  async #drive(
    execution: ExecutionRow,
    documents: readonly EventDocument[],
    facts: readonly InboxFact[],
  ): Promise<void> {
    const { codec, now, planOf, portsFor, wakeAt } = this.#settings;
    const plan = await planOf(execution);
    const page = new JournalPage(
      { executionId: execution.id, pipelineId: execution.pipelineId },
      codec,
      now,
      documents,
    );
    const drive = new ExecutionDrive(
      {
        plan,
        ports: portsFor(execution, plan),
        journal: (seq, event) => {
          page.append(seq, event);
        },
        ended: () => undefined,
        leavesProcess: (command) => this.#leavesProcess(plan, command),
        asked: (command, isLater) => {
          if (command.command === 'invoke_agent') this.#answersLater.set(agentTypeOf(plan, command.nodeId), isLater);
        },
        isHandedOver: () => false,
      },
      execution.id,
    );
    for (const document of documents) drive.replay(codec.fromWire(document));
    if (documents.length === 0) drive.feed(startOf(execution, plan, now()));
    else drive.resume();
    const consumed = takeFacts(drive, facts, now());
    for (let timer = drive.nextTimer; timer !== null && timer.dueAt <= now(); timer = drive.nextTimer)
      drive.feed({ event: 'timer_fired', at: timer.dueAt, commandId: timer.id });
    await this.#commit(execution, drive, page, consumed);
    drive.release();
    while (drive.isWorking) {
      await drive.nextAnswer();
      drive.takeAnswers();
      await this.#commit(execution, drive, page, []);
      drive.release();
    }
    if (!page.isEmpty) await this.#commit(execution, drive, page, []);
    const timer = drive.nextTimer;
    if (timer !== null) await wakeAt(execution.id, timer.dueAt);
  }

  async #commit(
    execution: ExecutionRow,
    drive: ExecutionDrive,
    page: JournalPage,
    consumed: readonly { readonly inboxId: string; readonly journalSeq: number }[],
  ): Promise<void> {
    const { commits, now } = this.#settings;
    const { rows, events, costs } = page.take();
    const waits = !drive.hasEnded && !drive.isWorking;
    const told: readonly EventRow[] = waits ? [...events, this.#waiting(execution, drive)] : events;
    const outcome = await commits.write({
      userId: execution.userId,
      executions: [{ ...projectionOf(drive.state, drive.isWorking, now()), attempt: execution.attempt }],
      journal: rows,
      events: told,
      costs,
      consumed,
    });
    if (outcome === 'kept') return;
    throw new BellwetherError(
      'conflict',
      'execution/lease-lost',
      `expected to hold execution ${execution.id} under attempt ${execution.attempt}, somebody else has taken it`,
      { executionId: execution.id },
    );
  }

  #waiting({ id, pipelineId }: ExecutionRow, drive: ExecutionDrive): EventRow {
    const at = new Date(this.#settings.now()).toISOString();
    const body = {
      event: 'execution_waiting',
      seq: null,
      journal_seq: null,
      execution_id: id,
      pipeline_id: pipelineId,
      timestamp: at,
      recorded_at: at,
      text: waitingText(drive.state),
    };
    return { pipelineId, executionId: id, journalSeq: null, body: JSON.stringify(body) };
  }

  async #journals(ids: readonly string[]): Promise<ReadonlyMap<string, readonly EventDocument[]>> {
    if (ids.length === 0) return new Map();
    const { rows } = await this.#settings.pool.query<{ execution_id: string; body: EventDocument }>(
      'SELECT execution_id, body FROM engine.journal WHERE execution_id = ANY ($1::uuid[]) ORDER BY execution_id, journal_seq',
      [ids],
    );
    const journals = new Map<string, EventDocument[]>();
    for (const { execution_id, body } of rows) {
      const known = journals.get(execution_id);
      if (known === undefined) journals.set(execution_id, [body]);
      else known.push(body);
    }
    return journals;
  }

  async #facts(ids: readonly string[]): Promise<ReadonlyMap<string, readonly InboxFact[]>> {
    const { rows } = await this.#settings.pool.query<InboxFact & { execution_id: string }>({
      name: 'read_inbox',
      text: 'SELECT id, execution_id, fact FROM engine.inbox WHERE execution_id = ANY ($1::uuid[]) AND consumed_by IS NULL ORDER BY id',
      values: [ids],
    });
    return Map.groupBy(rows, ({ execution_id }) => execution_id);
  }
}

interface InboxFact {
  readonly id: string;
  readonly fact: { readonly event?: string; readonly reason?: string };
}

function agentTypeOf(plan: ExecutionPlan, nodeId: string): string {
  return plan.byId.get(nodeId)?.agentType ?? nodeId;
}

function takeFacts(drive: ExecutionDrive, facts: readonly InboxFact[], at: EpochMs) {
  return facts.flatMap(({ id, fact }) => {
    if (fact.event !== 'cancel_requested' || drive.hasEnded) return [];
    drive.feed({ event: 'cancel_requested', at, reason: fact.reason ?? 'canceled by the user' });
    return [{ inboxId: id, journalSeq: drive.state.seq }];
  });
}

function startOf(execution: ExecutionRow, plan: ExecutionPlan, at: EpochMs): ExecutionEvent {
  const { id, pipelineId, version, tradingMode, runMode, trigger } = execution;
  return {
    event: 'execution_started',
    at,
    executionId: id,
    pipelineId,
    version,
    tradingMode,
    runMode,
    trigger,
    symbols: plan.symbols,
  };
}

function rowToExecution(row: OpenRow): ExecutionRow {
  const { node_id, kind, at, text } = row.trigger;
  return {
    id: row.id,
    userId: row.user_id,
    pipelineId: row.pipeline_id,
    version: row.version,
    tradingMode: row.trading_mode,
    runMode: row.run_mode,
    trigger: { nodeId: node_id, kind, at: Date.parse(at), text },
    attempt: row.attempt,
    contentHash: row.content_hash,
  };
}
