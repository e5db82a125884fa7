import { type EpochMs, formatMoneyExact, type TriggerFact } from '@bellwether/domain';
import type { ExecutionPlan, ExecutionState, PositionRecord, TriggerArming } from '@bellwether/kernel';
import { type JournalPage, projectionOf, waitingText } from '../engine/journal.ts';
import type {
  ArmedRow,
  CostRow,
  ExecutionPatch,
  JournalRow,
  NewExecution,
  PipelinePatch,
  ReportRow,
  SessionAnswer,
  TickRow,
  Write,
} from '../engine/write.ts';
import { type ReportFacts, reportBody } from '../report/report-body.ts';
import { compareWithSimulation, fillsComparedDocument } from '../report/simulated-fills.ts';
import { type Attended, writesReport } from './attended-execution.ts';
import type { Digests } from './digests.ts';
import type { PlayMarket } from './play-market.ts';
import { writeMemory } from './session-codec.ts';
import type { HeldSession } from './session-store.ts';
import type { StepBatch } from './step-batch.ts';
import { triggerDocument, triggerKey } from './trigger-facts.ts';

/** Gathers what a session's steps caused, and makes one write of it. */
export class SessionWriter {
  readonly #held: HeldSession;
  readonly #plan: ExecutionPlan;
  readonly #market: PlayMarket;
  readonly #batch: StepBatch;
  readonly #sha256: Digests;
  readonly #attended = new Set<Attended>();
  readonly #contents = new Map<string, string>();
  #consumed: { readonly inboxId: string; readonly journalSeq: number }[] = [];
  #answers: SessionAnswer[] = [];
  #ticks: TickRow[] = [];
  #signals: { readonly id: string; readonly outcome: string }[] = [];
  #lastSkip: string | null = null;
  #shown = '';

  constructor(held: HeldSession, plan: ExecutionPlan, market: PlayMarket, batch: StepBatch, sha256: Digests) {
    this.#sha256 = sha256;
    this.#held = held;
    this.#plan = plan;
    this.#market = market;
    this.#batch = batch;
  }

  get hasNews(): boolean {
    if (!this.#batch.isEmpty || this.#answers.length > 0 || this.#ticks.length > 0 || this.#signals.length > 0)
      return true;
    for (const { page } of this.#attended) if (!page.isEmpty) return true;
    return false;
  }

  /** The execution has something to write. */
  attend(attended: Attended): void {
    this.#attended.add(attended);
  }

  /** Keeps what an agent was told, under its hash. */
  keep(hash: string, answers: unknown): void {
    this.#contents.set(hash, JSON.stringify(answers));
  }

  hasConsumed(inboxId: string): boolean {
    return this.#consumed.some((done) => done.inboxId === inboxId);
  }

  consume(inboxId: string, journalSeq: number): void {
    this.#consumed.push({ inboxId, journalSeq });
  }

  /** Something asked by hand has been heard; its row says what became of it. */
  answer(answer: SessionAnswer): void {
    this.#answers.push(answer);
  }

  hasAnswered(id: string): boolean {
    return this.#answers.some((answer) => answer.id === id);
  }

  /** A scheduled instant has started an execution. */
  ticked(at: EpochMs, executionId: string): void {
    if (this.#held.source.kind !== 'live') return;
    this.#ticks.push({ scheduledFor: at, outcome: 'pending', reason: null, executionId });
  }

  /** A trigger or a scheduled instant has come to nothing. */
  skipped(at: EpochMs, reason: string, kind: TriggerFact['kind']): void {
    this.#lastSkip = reason;
    // A tape is played as often as somebody likes; only real instants are on record.
    if (this.#held.source.kind !== 'live') return;
    this.#batch.tell('schedule_skipped', null, at, { kind, reason });
    if (kind !== 'schedule') return;
    this.#ticks.push({
      scheduledFor: at,
      outcome: reason === 'missed' ? 'missed' : 'skipped',
      reason,
      executionId: null,
    });
  }

  /** Why the last trigger came to nothing. */
  get lastSkip(): string | null {
    return this.#lastSkip;
  }

  /** A signal has been acted upon. */
  heard(id: string, outcome: string): void {
    this.#signals.push({ id, outcome });
  }

  /** The write has been committed: what has ended needs no more attention. */
  committed(): void {
    for (const attended of [...this.#attended]) {
      attended.isNew = false;
      if (attended.drive.hasEnded) this.#attended.delete(attended);
    }
  }

  /** Tells of executions that have begun to wait; before the pipeline's own state is read, which repeats it. */
  tellWaiting(): void {
    for (const attended of this.#attended) {
      const { drive, page } = attended;
      const waiting = !drive.hasEnded && !drive.isWorking ? waitingText(drive.state) : null;
      if (waiting !== null && waiting !== attended.waiting)
        this.#batch.tell('execution_waiting', page.executionId, this.#market.session.now, { text: waiting });
      attended.waiting = waiting;
    }
  }

  /** Returns everything since the last write, and the session's memory as it is now. */
  take(pipeline: PipelinePatch, endReason: string | null, waits: boolean): Write {
    const { session, place, cursor } = this.#market;
    const held = this.#held;
    const executions: ExecutionPatch[] = [];
    const started: NewExecution[] = [];
    const reports: ReportRow[] = [];
    const journal: JournalRow[] = [];
    const costs: CostRow[] = [];
    const endedTicks: { executionId: string; result: string; reason: string | null }[] = [];
    for (const { drive, page, attempt, isNew, trigger } of this.#attended) {
      const projection = projectionOf(drive.state, drive.isWorking, session.now);
      if (isNew) started.push(this.#newExecution(projection, trigger));
      else executions.push({ ...projection, attempt });
      if (trigger.kind === 'schedule' && projection.result !== null)
        endedTicks.push({ executionId: projection.id, result: projection.result, reason: projection.reason });
      const taken = page.take();
      journal.push(...taken.rows);
      costs.push(...taken.costs);
      if (drive.hasEnded && writesReport(this.#plan)) reports.push(this.#report(drive.state, page));
    }
    const shown = `${pipeline.state} ${pipeline.reason}`;
    const isNews = shown !== this.#shown;
    if (isNews) this.#batch.tell('pipeline_updated', null, session.now, {});
    this.#shown = shown;
    const desk =
      place.kind === 'account'
        ? undefined
        : this.#batch.takeDesk(this.ruling(), session.now, {
            id: held.pipelineId,
            trading_mode: this.#plan.pipeline.tradingMode,
            initial_balance: this.#plan.pipeline.mode.initialBalance,
            cash: formatMoneyExact(place.exchange.cash),
          });
    // Before the memory is written: what has left is no longer waiting to.
    const inbox = place.kind === 'account' ? place.takeRequests() : [];
    const contents = new Map(this.#contents);
    this.#contents.clear();
    const answers = this.#answers;
    this.#answers = [];
    const consumed = this.#consumed;
    this.#consumed = [];
    const ticks = this.#ticks;
    this.#ticks = [];
    const signals = this.#signals;
    this.#signals = [];
    return {
      userId: held.userId,
      session: {
        id: held.id,
        fence: held.fence,
        status: endReason !== null ? 'ended' : waits ? 'waiting' : 'playing',
        wakesAt: waits ? session.wakesAt : null,
        runState: session.runState,
        marketTime: session.now === 0 ? null : session.now,
        position: JSON.stringify(cursor.position()),
        state: writeMemory({ session: session.saveState(), place: place.saveState() }),
        endReason,
      },
      executions,
      started,
      journal,
      events: this.#batch.takeEvents(),
      contents,
      reports,
      costs,
      consumed,
      answers,
      ...(signals.length > 0 ? { signals } : {}),
      ...(ticks.length + endedTicks.length > 0
        ? { ticks: { pipelineId: held.pipelineId, version: held.version, rows: ticks, ended: endedTicks } }
        : {}),
      ...(waits && endReason === null ? { armed: session.armings().map(armedRow) } : {}),
      ...(place.kind === 'account' && inbox.length > 0
        ? { inbox: { accountId: place.link.account.id, rows: inbox } }
        : {}),
      ...(desk === undefined ? {} : { desk }),
      ...(isNews ? { pipeline } : {}),
    };
  }

  /** Positions that are on record: not those that wait for a predecessor in their symbol to close. */
  ruling(): readonly PositionRecord[] {
    const { desk } = this.#market.session;
    return [...desk.openPositions()].filter((position) => desk.position(position.symbol) === position);
  }

  #newExecution(projection: Omit<ExecutionPatch, 'attempt'>, trigger: TriggerFact): NewExecution {
    const { pipelineId, version, source, id } = this.#held;
    const { tradingMode, runMode } = this.#plan.pipeline;
    return {
      ...projection,
      pipelineId,
      version,
      tradingMode,
      runMode,
      trigger: triggerDocument(trigger),
      triggerKey: triggerKey(id, trigger),
      source,
      sessionId: id,
    };
  }

  /** Of a run on a broker account: what the same bars would have filled in simulation. */
  #fillsCompared(page: JournalPage): Pick<ReportFacts, 'fillsCompared'> {
    const { place, session, tape } = this.#market;
    if (place.kind !== 'account') return {};
    const events = page.events();
    const compared = compareWithSimulation({
      plan: this.#plan,
      tape,
      events,
      until: session.now,
      sha256: this.#sha256,
    });
    return { fillsCompared: fillsComparedDocument(compared, events) };
  }

  #report({ executionId }: ExecutionState, page: JournalPage): ReportRow {
    const { pipelineId, version, source } = this.#held;
    const { name, tradingMode } = this.#plan.pipeline;
    const body = reportBody(page.documents, {
      executionId,
      pipelineId,
      pipelineName: name,
      version,
      tradingMode,
      source: { label: source.label, synthetic: source.synthetic, tape_id: source.tape_id },
      ...this.#fillsCompared(page),
    });
    return { executionId, pipelineId, body: JSON.stringify(body) };
  }
}

/** Returns a trigger as somebody else needs it who is to watch for it. */
function armedRow({ nodeId, symbol, watch, ...memory }: TriggerArming): ArmedRow {
  return { nodeId, kind: watch.kind, symbol, watch: { ...watch }, memory: { ...memory } };
}
