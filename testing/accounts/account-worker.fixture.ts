/** A worker that works on broker accounts, as the server wires it, until somebody kills it: run as a child by `account-rig.ts`. */
import { startRuntime } from '@bellwether/durable';
import { openBindings } from '@bellwether/server';
import { runtimeOptions } from '../durable-runtime.ts';

export interface WorkerOrder {
  readonly url: string;
  readonly sandboxUrl: string;
  /** Tells what the runtime logs on stderr. */
  readonly isLoud: boolean;
}

const { url, sandboxUrl, isLoud } = JSON.parse(process.argv[2] ?? '') as WorkerOrder;
const { brokerFor } = openBindings({ kind: 'sandbox', url: sandboxUrl });
const runtime = await startRuntime(
  {
    ...runtimeOptions(url, new Map()),
    brokerFor,
    log: (line, facts) => {
      if (isLoud) process.stderr.write(`${new Date().toISOString()} ${line} ${JSON.stringify(facts ?? {})}\n`);
    },
  },
  { worker: true, feed: false, scheduler: false },
);
process.once('SIGTERM', () => void runtime.close());
// Its parent may end without a word.
process.stdin.resume().once('end', () => process.exit());
process.stdout.write('working\n');
