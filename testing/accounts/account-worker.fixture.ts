/** A worker that works on broker accounts, as the server wires it, until somebody kills it: run as a child by `account-rig.ts`. */
import { setTimeout as wait } from 'node:timers/promises';
import { openDatabase } from '@bellwether/db';
import { startRuntime } from '@bellwether/durable';
import {
  chainOf,
  ExecutionAdvancer,
  flushTo,
  GroupCommit,
  trivialAgents,
  trivialPorts,
} from '@bellwether/durable/testing';
import { type AgentDefinition, UNLIMITED } from '@bellwether/kernel';
import { openBindings } from '@bellwether/server';
import { planOf, runtimeOptions, TEST_CODEC } from '../durable-runtime.ts';

export interface WorkerOrder {
  readonly url: string;
  readonly sandboxUrl: string;
  /** Tells what the runtime logs on stderr. */
  readonly isLoud: boolean;
  /** Executions whose analyst does not answer for so long, driven in this process. */
  readonly stalled: { readonly executionIds: readonly string[]; readonly ms: number } | null;
}

const { url, sandboxUrl, isLoud, stalled } = JSON.parse(process.argv[2] ?? '') as WorkerOrder;
// Rates and sizes are not what is asked here; a test that asks for limits sets them on its account.
const { brokerFor } = openBindings({ kind: 'sandbox', url: sandboxUrl }, { sandboxLimits: UNLIMITED });
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
if (stalled !== null) void adviseSlowly(stalled.executionIds, stalled.ms);
// Its parent may end without a word.
process.stdin.resume().once('end', () => process.exit());
process.stdout.write('working\n');

function adviseSlowly(executionIds: readonly string[], ms: number): Promise<unknown> {
  const { pool } = openDatabase(url, { connections: 4, log: () => undefined });
  const agents = new Map(trivialAgents());
  const analyst = agents.get('slow_step') as AgentDefinition;
  const decide = async () => {
    await wait(ms, undefined, { ref: false });
    return { kind: 'pass', summary: 'at last' } as const;
  };
  agents.set('slow_step', { ...analyst, decide });
  const plan = planOf(chainOf(['slow_step']), agents);
  const now = () => Date.now();
  const advancer = new ExecutionAdvancer({
    pool,
    commits: new GroupCommit({ flush: flushTo(pool), later: (run) => void setImmediate(run) }),
    codec: TEST_CODEC,
    now,
    planOf: async () => plan,
    portsFor: () => trivialPorts(now, async () => undefined),
    wakeAt: async () => undefined,
  });
  return advancer.advance(executionIds);
}
