import type { EpochMs } from '@bellwether/domain';
import type { ExecutionEvent, PositionRecord } from '@bellwether/kernel';

/** Where an event stands. */
export interface Envelope {
  readonly executionId: string;
  readonly pipelineId: string;
  readonly journalSeq: number;
  /** Place in the user's stream: none yet, the flush gives it. */
  readonly seq: null;
  readonly recordedAt: EpochMs;
}

/** What a position's documents need beside the record. */
export interface PositionFacts {
  readonly pipelineId: string;
  readonly tradingMode: string;
  /** Newest visible close; NaN before the first. */
  readonly lastPrice: number;
}

/** An event as a JSON document. */
export type EventDocument = Readonly<Record<string, unknown>>;

/** The wire forms, handed in by whoever wires: the runtime knows events, not their spelling. */
export interface EventCodec {
  toWire(event: ExecutionEvent, envelope: Envelope): EventDocument;
  /** Reads what `toWire` wrote, out of the database's `jsonb`. */
  fromWire(document: unknown): ExecutionEvent;
  position(position: PositionRecord, facts: PositionFacts): EventDocument;
  trade(position: PositionRecord, facts: PositionFacts): EventDocument;
}
