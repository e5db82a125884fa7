import type { EpochMs } from '@bellwether/domain';

/** A journal row; `body` is the event's wire form, the one document that journal, stream and export share. */
export interface JournalRow {
  readonly executionId: string;
  readonly journalSeq: number;
  readonly event: string;
  readonly at: EpochMs;
  readonly body: string;
}

/** A row of the user's stream, in the order in which things happened. */
export interface EventRow {
  readonly pipelineId: string | null;
  readonly executionId: string | null;
  readonly journalSeq: number | null;
  readonly body: string;
}

export type ExecutionStatus = 'pending' | 'running' | 'waiting' | 'completed' | 'failed' | 'canceled';

/** What an execution's row shows after the write. */
export interface ExecutionProjection {
  readonly id: string;
  readonly status: ExecutionStatus;
  readonly lastSeq: number;
  readonly result: string | null;
  readonly reason: string | null;
  /** USD in 10⁻⁶. */
  readonly costMicros: string;
  readonly marketTime: EpochMs;
}

/** A change of an execution that this worker holds; it counts only while `attempt` is still the row's. */
export interface ExecutionPatch extends ExecutionProjection {
  readonly attempt: number;
}

export interface NewExecution extends ExecutionProjection {
  readonly pipelineId: string;
  readonly version: number;
  readonly tradingMode: string;
  readonly runMode: string;
  readonly trigger: unknown;
  readonly triggerKey: string;
  readonly source: unknown;
  readonly sessionId: string;
}

/** A change of a session that this worker holds; it counts only while `fence` is still the row's, and it renews the lease. */
export interface SessionPatch {
  readonly id: string;
  readonly fence: number;
  /** `waiting` lets go of it: nobody holds it until it is woken. */
  readonly status: 'playing' | 'waiting' | 'ended';
  readonly runState: string;
  readonly marketTime: EpochMs | null;
  readonly position: string;
  readonly state: string;
  readonly endReason: string | null;
  /** Of one that waits: when it is to be looked at, null for a trigger only. */
  readonly wakesAt: EpochMs | null;
}

/** A trigger that somebody else is to watch for. */
export interface ArmedRow {
  readonly nodeId: string;
  readonly kind: 'technical' | 'price' | 'news' | 'webhook';
  readonly symbol: string | null;
  readonly watch: Row;
  readonly memory: Row;
}

/** A scheduled instant, and what became of it so far. */
export interface TickRow {
  readonly scheduledFor: EpochMs;
  readonly outcome: 'pending' | 'skipped' | 'missed';
  readonly reason: string | null;
  readonly executionId: string | null;
}

export interface PipelinePatch {
  readonly id: string;
  readonly state: string;
  readonly reason: string | null;
  readonly nextDueAt: EpochMs | null;
}

/** Rows for `jsonb_to_recordset`, keyed by column. */
export type Row = Readonly<Record<string, unknown>>;

export interface DeskRows {
  readonly account: Row;
  readonly positions: readonly Row[];
  readonly orders: readonly Row[];
  readonly fills: readonly Row[];
  readonly trades: readonly Row[];
}

export interface ReportRow {
  readonly executionId: string;
  readonly pipelineId: string;
  readonly body: string;
}

export interface CostRow {
  readonly executionId: string;
  readonly pipelineId: string;
  readonly journalSeq: number;
  readonly nodeId: string;
  readonly agentType: string;
  readonly micros: string;
}

/** What became of something asked of a session by hand. */
export interface SessionAnswer {
  readonly id: string;
  readonly outcome: 'taken' | 'refused';
  readonly text: string | null;
}

/** Something asked of a broker account; `body` is JSON text. */
export interface InboxRow {
  readonly key: string;
  readonly kind: 'proposal' | 'close' | 'cancel_entries' | 'market';
  readonly body: string;
}

/** All that one decision changes: kept whole, or not at all. */
export interface Write {
  readonly userId: string;
  readonly session?: SessionPatch;
  readonly executions?: readonly ExecutionPatch[];
  readonly started?: readonly NewExecution[];
  readonly journal: readonly JournalRow[];
  readonly events: readonly EventRow[];
  readonly contents?: ReadonlyMap<string, string>;
  readonly desk?: DeskRows;
  readonly reports?: readonly ReportRow[];
  readonly costs?: readonly CostRow[];
  /** Inbox rows, and the journal_seq of the event that records each. */
  readonly consumed?: readonly { readonly inboxId: string; readonly journalSeq: number }[];
  /** What a waiting session is to be woken by. */
  readonly armed?: readonly ArmedRow[];
  /** Scheduled instants that have come, of the pipeline and version that the session plays. */
  readonly ticks?: {
    readonly pipelineId: string;
    readonly version: number;
    readonly rows: readonly TickRow[];
    /** Executions that ticks started, and that are over. */
    readonly ended: readonly {
      readonly executionId: string;
      readonly result: string;
      readonly reason: string | null;
    }[];
  };
  /** Signals of triggers that were watched for elsewhere, and what became of each. */
  readonly signals?: readonly { readonly id: string; readonly outcome: string }[];
  /** Requests of a user to the session, and what became of each. */
  readonly answers?: readonly SessionAnswer[];
  readonly pipeline?: PipelinePatch;
  /** What is asked of a broker account; a key it knows already changes nothing. */
  readonly inbox?: { readonly accountId: string; readonly rows: readonly InboxRow[] };
}

/** `lost`: somebody else holds what was to be written; nothing of it was kept, and the writer drops what it drives. */
export type WriteOutcome = 'kept' | 'lost';
