import { BellwetherError } from '@bellwether/domain';
import type { Write, WriteOutcome } from './write.ts';

/** Writes many decisions in one transaction, and says of each whether it was kept. Throws when the transaction failed: then none was. */
export type Flush = (writes: readonly Write[]) => Promise<readonly WriteOutcome[]>;

export interface GroupCommitOptions {
  readonly flush: Flush;
  /** Runs a function a little later; what arrives until then shares a transaction. */
  readonly later: (run: () => void) => void;
}

/** Two keep the disk busy while the next batch gathers; more would only make the batches smaller. */
const IN_FLIGHT = 2;
/** A transaction longer than this holds up the callers at its front. */
const LARGEST_BATCH = 500;
/** Beyond this the database cannot keep up, and callers are told instead of memory filling up. */
const LONGEST_QUEUE = 50_000;

interface Waiting {
  readonly write: Write;
  readonly resolve: (outcome: WriteOutcome) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * writes of all executions in the process ─▶ one transaction ─▶ each caller hears of its own
 *
 * Invariants: 1. a write is kept whole or not at all. 2. at most two transactions are in flight. 3. one that the database refuses does not take
 * its neighbours along: after a failure each is tried alone. 4. whoever awaits a write before handing in the next keeps their order.
 */
export class GroupCommit {
  readonly #flush: Flush;
  readonly #later: (run: () => void) => void;
  #waiting: Waiting[] = [];
  #inFlight = 0;
  #scheduled = false;

  constructor({ flush, later }: GroupCommitOptions) {
    this.#flush = flush;
    this.#later = later;
  }

  /** Resolves when the write has been committed, or was found to be too late. */
  write(write: Write): Promise<WriteOutcome> {
    if (this.#waiting.length >= LONGEST_QUEUE) {
      const error = new BellwetherError(
        'retryable',
        'database/unreachable',
        `expected the database to keep up, were ${LONGEST_QUEUE} writes waiting; try again later`,
      );
      return Promise.reject(error);
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ write, resolve, reject });
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#scheduled || this.#inFlight >= IN_FLIGHT || this.#waiting.length === 0) return;
    this.#scheduled = true;
    this.#later(() => {
      this.#scheduled = false;
      if (this.#inFlight >= IN_FLIGHT || this.#waiting.length === 0) return;
      const batch = this.#waiting.splice(0, LARGEST_BATCH);
      this.#inFlight += 1;
      void this.#commit(batch).finally(() => {
        this.#inFlight -= 1;
        this.#schedule();
      });
      this.#schedule();
    });
  }

  async #commit(batch: readonly Waiting[]): Promise<void> {
    try {
      const outcomes = await this.#flush(batch.map(({ write }) => write));
      batch.forEach(({ resolve }, i) => {
        resolve(outcomes[i] as WriteOutcome);
      });
    } catch (error) {
      const [only] = batch;
      if (batch.length === 1) return only?.reject(error);
      for (const waiting of batch) await this.#commit([waiting]);
    }
  }
}
