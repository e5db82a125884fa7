/** A worker that works on broker accounts, as the server wires it, until somebody kills it: run as a child by `account-rig.ts`. */
import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { openDatabase } from '@bellwether/db';
import { type BrokerFor, startRuntime } from '@bellwether/durable';
import {
  chainOf,
  ExecutionAdvancer,
  flushTo,
  GroupCommit,
  trivialAgents,
  trivialPorts,
} from '@bellwether/durable/testing';
import { type AgentDefinition, UNLIMITED } from '@bellwether/kernel';
import type { Broker, SubmitOutcome } from '@bellwether/ports';
import { openBindings } from '@bellwether/server';
import { planOf, runtimeOptions, TEST_CODEC } from '../durable-runtime.ts';
import type { CrashPoint } from '../orders/crash-points.ts';

export interface WorkerOrder {
  readonly url: string;
  readonly sandboxUrl: string;
  /** Tells what the runtime logs on stderr. */
  readonly isLoud: boolean;
  /** Executions whose analyst does not answer for so long, driven in this process. */
  readonly stalled: { readonly executionIds: readonly string[]; readonly ms: number } | null;
  /** Says each crash point that it stands at, and the account, as a line of stdout, and stands there until a line of stdin comes. */
  readonly isWatched: boolean;
  /** Sends every order under an id of its own making: the protection that a control goes without. */
  readonly hasFreshIds: boolean;
  /** How many accounts it works on at once. */
  readonly accountsAtOnce: number;
}

const { url, sandboxUrl, isLoud, stalled, isWatched, hasFreshIds, accountsAtOnce } = JSON.parse(
  process.argv[2] ?? '',
) as WorkerOrder;
// Rates and sizes are not what is asked here; a test that asks for limits sets them on its account.
const { brokerFor } = openBindings({ kind: 'sandbox', url: sandboxUrl }, { sandboxLimits: UNLIMITED });
const runtime = await startRuntime(
  {
    ...runtimeOptions(url, new Map()),
    brokerFor: hasFreshIds ? freshIds(brokerFor) : brokerFor,
    accountsAtOnce,
    ...(isWatched ? { atCrashPoint: askWhetherToDie() } : {}),
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

/** Answers come in the order of the questions. */
function askWhetherToDie(): (point: CrashPoint, accountId: string) => Promise<void> {
  const waiting: (() => void)[] = [];
  createInterface({ input: process.stdin }).on('line', () => waiting.shift()?.());
  return (point, accountId) =>
    new Promise((resolve) => {
      waiting.push(resolve);
      process.stdout.write(`${point} ${accountId}\n`);
    });
}

/** The broker knows none of the ids that the ledger knows; answers are told under the ledger's. */
function freshIds(brokerFor: BrokerFor): BrokerFor {
  const own = (outcome: SubmitOutcome, clientOrderId: string): SubmitOutcome =>
    outcome.kind === 'accepted' ? { ...outcome, order: { ...outcome.order, clientOrderId } } : outcome;
  return async (account) => {
    const binding = await brokerFor(account);
    const { broker: real } = binding;
    const broker: Broker = {
      capabilities: real.capabilities,
      submit: async (order) =>
        own(await real.submit({ ...order, clientOrderId: `bw1-${randomUUID().slice(0, 27)}` }), order.clientOrderId),
      replace: (id, prices, as) => real.replace(id, prices, as),
      find: (id) => real.find(id),
      findById: (id) => real.findById(id),
      cancel: (id) => real.cancel(id),
      orders: (query) => real.orders(query),
      fills: (since) => real.fills(since),
      positions: () => real.positions(),
      account: () => real.account(),
      events: () => real.events(),
    };
    return { ...binding, broker };
  };
}

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
