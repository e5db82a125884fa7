import { SECOND_MS, seededChance } from '@bellwether/domain';
import type { FaultSettings } from '@bellwether/sandbox/control';
import type { SoakSuite, SuiteResult } from '../soak/soak-suite.ts';
import { AccountRig } from './account-rig.ts';
import { auditBooks } from './books.ts';
import { RoundTrips } from './round-trip.ts';

interface Fault {
  readonly name: string;
  readonly settings: FaultSettings;
}

/** What a broker may do to a request and its answer, and to the stream (trading rules, §3, item 10), often enough that most trades meet it. */
const LOST_ANSWERS: readonly Fault[] = [
  { name: '5xx after accept', settings: { http_5xx_after_accept: { probability: 0.5, on: 'any' } } },
  { name: '5xx before accept', settings: { http_5xx_before_accept: { probability: 0.4, on: 'any' } } },
  { name: 'reply dropped after accept', settings: { drop_reply_after_accept: { probability: 0.5, on: 'any' } } },
  { name: 'accepted late', settings: { late_accept_ms: { probability: 0.5, ms: 1_500 } } },
  {
    name: 'accepted and not found',
    settings: { hidden_for_ms: { probability: 0.7, ms: 800 }, drop_reply_after_accept: { probability: 0.4 } },
  },
  { name: 'throttled', settings: { throttle: { probability: 0.1 } } },
  { name: 'cancel that hangs', settings: { stuck_pending_cancel: { probability: 0.3, ms: 3_000 } } },
  { name: 'exits refused', settings: { refuse_exits: { probability: 0.4 } } },
  { name: 'replacement refused', settings: { replace_rejected: { probability: 0.4 } } },
  { name: 'positions seconds behind', settings: { positions_lag_ms: 5_000 } },
];
/** What may become of the stream. */
const LOST_EVENTS: readonly Fault[] = [
  { name: 'dropped stream', settings: { drop_stream: { probability: 0.2 }, partial_fill_rate: 0.5 } },
  { name: 'events told twice', settings: { duplicate_events: { probability: 0.8 }, partial_fill_rate: 0.5 } },
  { name: 'events out of order', settings: { reorder_events: { probability: 0.7 }, partial_fill_rate: 0.5 } },
  { name: 'stop that ends untold', settings: { missing_stop_cancel_event: { probability: 0.9 } } },
];

const PIPELINES = 2;
const TOGETHER = 4;
const WORKERS = 2;
const MOST_TOLD = 10;

interface Plan {
  readonly faults: readonly Fault[];
  readonly each: number;
  readonly seed: number;
  /** An instant of `performance.now()`. */
  readonly deadline: number;
  readonly hasFreshIds: boolean;
}

/** An account for every fault, traded side by side by real workers; then the broker's own record against the ledger. */
async function run({ faults, each, seed, deadline, hasFreshIds }: Plan): Promise<SuiteResult> {
  const rig = await AccountRig.open();
  try {
    for (let worker = 0; worker < WORKERS; worker++)
      await rig.startWorker({ hasFreshIds, accountsAtOnce: Math.ceil(faults.length / WORKERS) });
    const outcomes = await Promise.all(
      faults.map(async ({ name, settings }, i) => {
        const account = await rig.openAccount(PIPELINES);
        await account.control.faults(settings);
        const trips = new RoundTrips(account, seededChance(seed + i, name));
        await trips.make({ together: TOGETHER, isWanted: (made) => made < each, endsAt: deadline });
        const books = await auditBooks(account, trips.proposed);
        const told = [...books.lost, ...books.doubled, ...books.unknown, ...trips.left, ...trips.odd];
        if (books.traded === 0) told.push('nothing was traded');
        const { orders } = await account.truth();
        const fills = orders.reduce((total, order) => total + order.fills.length, 0);
        return { books, fills, ran: trips.proposed.length, failures: told.map((text) => `${name}: ${text}`) };
      }),
    );
    const sum = (of: (outcome: (typeof outcomes)[number]) => number) =>
      outcomes.reduce((total, outcome) => total + of(outcome), 0);
    const failures = outcomes.flatMap((outcome) => outcome.failures);
    const doubled = sum(({ books }) => books.doubled.length);
    return {
      ran: sum(({ ran }) => ran),
      failed: hasFreshIds ? doubled : failures.length,
      failures: failures.slice(0, MOST_TOLD),
      notes: [
        `${sum(({ books }) => books.traded)} traded, ${sum(({ books }) => books.refused)} refused, ${sum(({ books }) => books.watched.length)} looked for`,
        `lost ${sum(({ books }) => books.lost.length)}, doubled ${doubled}, unknown to the ledger ${sum(({ books }) => books.unknown.length)}`,
        `${sum(({ fills }) => fills)} fills`,
      ].join('; '),
    };
  } finally {
    await rig.close();
  }
}

const FAST_MS = 60 * SECOND_MS;
const SECONDS_A_TRADE = 5;

function suiteOf(
  faults: readonly Fault[],
  fastEach: number,
  fullEach: number,
): Pick<SoakSuite, 'fast' | 'full' | 'run'> {
  return {
    fast: faults.length * fastEach,
    full: faults.length * fullEach,
    run: (count, seed, deadline) => {
      const each = Math.ceil(count / faults.length);
      const until = performance.now() + Math.max(FAST_MS, each * SECONDS_A_TRADE * SECOND_MS);
      return run({ faults, each, seed, deadline: Math.min(deadline, until), hasFreshIds: false });
    },
  };
}

/** P2: what the broker took and did not say is found and taken for ours, once, under each fault of its own. */
export const lostAnswersOverHttp: SoakSuite = {
  promise: 'P2 over HTTP',
  title: 'each fault of a broker at its worst',
  ...suiteOf(LOST_ANSWERS, 3, 100),
  control: () =>
    run({
      faults: [{ name: 'reply dropped', settings: { drop_reply_after_accept: { probability: 0.7 } } }],
      each: 3,
      seed: 1,
      deadline: performance.now() + FAST_MS,
      hasFreshIds: true,
    }),
};

/** P8: a stream that breaks, repeats and reorders misses no fill and books none twice. */
export const streamLossOverHttp: SoakSuite = {
  promise: 'P8 over HTTP',
  title: 'a stream that breaks, repeats and reorders',
  ...suiteOf(LOST_EVENTS, 8, 250),
};
