/** A worker that trades a tape on paper and dies by SIGKILL before or after its k-th write: run as a child by `paper-crash.test.ts`. */
import { startRuntime } from '@bellwether/durable';
import type { Flush } from '@bellwether/durable/testing';
import { openBindings } from '@bellwether/server';
import { crashTape } from './crash-tape.fixture.ts';
import { runtimeOptions } from './durable-runtime.ts';

export interface PaperOrder {
  readonly url: string;
  readonly sandboxUrl: string;
  /** Null lives until its parent kills it. */
  readonly kill: { readonly when: 'before' | 'after'; readonly write: number } | null;
}

const { url, sandboxUrl, kill } = JSON.parse(process.argv[2] ?? '') as PaperOrder;
const bindings = openBindings({ kind: 'sandbox', url: sandboxUrl });
const options = runtimeOptions(url, new Map([['crash', await crashTape()]]));
const runtime = await startRuntime(
  { ...options, accounts: bindings, brokerFor: bindings.brokerFor, aroundFlush: dying },
  { worker: true, feed: true, scheduler: false },
);
process.once('SIGTERM', () => void runtime.close());

/** Counts the writes of the session that say something: a journal row, or a request that leaves. */
function dying(flush: Flush): Flush {
  let count = 0;
  return async (writes) => {
    const says = writes.some(({ journal, inbox }) => journal.length > 0 || inbox !== undefined);
    if (says) count += 1;
    const isNow = says && kill !== null && count === kill.write;
    if (isNow && kill.when === 'before') process.kill(process.pid, 'SIGKILL');
    const outcomes = await flush(writes);
    if (isNow && kill.when === 'after') process.kill(process.pid, 'SIGKILL');
    return outcomes;
  };
}
