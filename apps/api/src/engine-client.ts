import type { SourceWire } from '@bellwether/contracts';
import type { Schema } from '@bellwether/db';
import type { Transaction } from 'kysely';

/** Where an execution takes its prices from, as `executions.source` stores it. */
export type EngineSource = SourceWire;

/**
 * What the API asks of the runtime. Every call writes in the caller's transaction, as the caller's user, and takes effect
 * when that commits: a request that is repeated or rolled back starts nothing.
 */
export interface EngineClient {
  /** Starts one execution of a published version at once and returns its id. Throws `pipeline/already-running`. */
  run(
    userId: string,
    pipelineId: string,
    version: number,
    source: EngineSource,
    transaction: Transaction<Schema>,
  ): Promise<string>;
  /** Arms the pipeline's triggers. Throws `pipeline/already-running`. */
  start(
    userId: string,
    pipelineId: string,
    version: number,
    source: EngineSource,
    transaction: Transaction<Schema>,
  ): Promise<void>;
  /** Asks a started pipeline to stop; does nothing to one that is stopped. */
  stop(userId: string, pipelineId: string, transaction: Transaction<Schema>): Promise<void>;
  /** Asks an open execution to end. */
  cancel(userId: string, executionId: string, reason: string, transaction: Transaction<Schema>): Promise<void>;
}
