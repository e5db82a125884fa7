import { SECOND_MS, seededChance } from '@bellwether/domain';
import type { FaultSettings } from '@bellwether/sandbox/control';
import { CRASH_POINTS } from '../orders/crash-points.ts';
import type { SoakSuite, SuiteResult } from '../soak/soak-suite.ts';
import { AccountRig } from './account-rig.ts';
import { auditBooks } from './books.ts';
import { RoundTrips } from './round-trip.ts';
import { DeathList, WorkerCrew } from './worker-crew.ts';

const ACCOUNTS = 6;
const PIPELINES = 2;
const WORKERS = 4;
const TOGETHER = 3;
const MOST_TOLD = 10;
const DEATHS_EACH = 3;

/** What the broker does wrong all the while. */
const TROUBLE: FaultSettings = {
  http_5xx_after_accept: { probability: 0.04, on: 'any' },
  http_5xx_before_accept: { probability: 0.02, on: 'any' },
  drop_reply_after_accept: { probability: 0.04, on: 'any' },
  late_accept_ms: { probability: 0.02, ms: 1_500 },
  hidden_for_ms: { probability: 0.04, ms: 800 },
  duplicate_events: { probability: 0.1 },
  reorder_events: { probability: 0.05 },
  drop_stream: { probability: 0.01 },
  missing_stop_cancel_event: { probability: 0.1 },
  stuck_pending_cancel: { probability: 0.01 },
  throttle: { probability: 0.01 },
};

async function run(count: number, seed: number, deadline: number, hasFreshIds: boolean): Promise<SuiteResult> {
  const chance = seededChance(seed, 'deaths over HTTP');
  const deaths = new DeathList(CRASH_POINTS, DEATHS_EACH, chance);
  const rig = await AccountRig.open();
  let crew: WorkerCrew | null = null;
  try {
    crew = await WorkerCrew.start(rig, WORKERS, { hasFreshIds, dies: deaths.dies });
    const each = Math.ceil(count / ACCOUNTS);
    const endsAt = Math.min(deadline, performance.now() + 120 * SECOND_MS);
    const books = await Promise.all(
      Array.from({ length: ACCOUNTS }, async (_, i) => {
        const account = await rig.openAccount(PIPELINES);
        await account.control.faults(TROUBLE);
        const trips = new RoundTrips(account, seededChance(seed + i, 'round trips'));
        await trips.make(Math.min(each, count - i * each), TOGETHER, endsAt);
        return {
          ...(await auditBooks(account, trips.proposed)),
          ran: trips.proposed.length,
          left: trips.left,
          odd: trips.odd,
        };
      }),
    );
    const all = <K extends 'lost' | 'doubled' | 'unknown' | 'left' | 'odd'>(of: K) => books.flatMap((book) => book[of]);
    const sum = (of: 'ran' | 'traded' | 'refused') => books.reduce((total, book) => total + book[of], 0);
    const failures = [...all('lost'), ...all('doubled'), ...all('unknown'), ...all('left'), ...all('odd')];
    const missed = deaths.missing.map((point) => `nobody died at ${point}`);
    const told = [...deaths.deaths].map(([point, times]) => `${point} ${times}`).join(' ');
    return {
      ran: sum('ran'),
      failed: failures.length + missed.length,
      failures: [...failures, ...missed].slice(0, MOST_TOLD),
      notes: `${sum('traded')} traded, ${sum('refused')} refused; lost ${all('lost').length}, doubled ${all('doubled').length}, unknown to the ledger ${all('unknown').length}; deaths ${told}`,
    };
  } finally {
    await crew?.end();
    await rig.close();
  }
}

/** P1: no order lost, doubled or unknown to the ledger when worker processes are killed at every named point, with a broker that errs. */
export const crashesOverHttp: SoakSuite = {
  promise: 'P1 over HTTP',
  title: 'workers killed at every point, a sandbox that errs',
  fast: 78,
  full: 1_000,
  run: (count, seed, deadline) => run(count, seed, deadline, false),
};
