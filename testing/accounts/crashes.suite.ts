import { SECOND_MS, seededChance } from '@bellwether/domain';
import type { FaultSettings } from '@bellwether/sandbox/control';
import { CRASH_POINTS } from '../orders/crash-points.ts';
import type { SoakSuite, SuiteResult } from '../soak/soak-suite.ts';
import { AccountRig } from './account-rig.ts';
import { Acknowledged } from './acknowledged.ts';
import { auditBooks } from './books.ts';
import { RoundTrips } from './round-trip.ts';
import { DeathList, WorkerCrew } from './worker-crew.ts';

interface CrashRun {
  readonly count: number;
  readonly seed: number;
  /** An instant of `performance.now()`. */
  readonly deadline: number;
  readonly accounts: number;
  /** More than accounts, each of which one of them works on: whoever takes over is there already. */
  readonly workers: number;
  readonly deathsEach: number;
  readonly trouble: FaultSettings;
  readonly hasFreshIds: boolean;
  /** Crashes the database so often, ms apart. */
  readonly crashes: { readonly count: number; readonly everyMs: number } | null;
}

const PIPELINES = 2;
const TOGETHER = 3;
const MOST_TOLD = 10;
/** Deaths are wanted everywhere: so much more is traded until the last point has had its own. */
const MOST_PER_WANTED = 2;
const MOST_WATCHED = 0.12;
const LEAST_TRADED = 0.7;

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

async function run(plan: CrashRun): Promise<SuiteResult> {
  const { count, seed, accounts, workers, trouble, hasFreshIds, crashes } = plan;
  const points = plan.deathsEach > 0 ? CRASH_POINTS : [];
  const deaths = new DeathList(points, plan.deathsEach, seededChance(seed, 'deaths over HTTP'));
  const rig = await AccountRig.open();
  let crew: WorkerCrew | null = null;
  try {
    // Whoever clicks has an account too.
    crew = await WorkerCrew.start(rig, crashes === null ? workers : workers + 1, {
      hasFreshIds,
      accountsAtOnce: 1,
      dies: deaths.dies,
    });
    const each = Math.ceil(count / accounts);
    const isWanted = (made: number) => made < each || (deaths.missing.length > 0 && made < each * MOST_PER_WANTED);
    const trading = Promise.all(
      Array.from({ length: accounts }, async (_, i) => {
        const account = await rig.openAccount(PIPELINES);
        await account.control.faults(trouble);
        const trips = new RoundTrips(account, seededChance(seed + i, 'round trips'));
        await trips.make({ together: TOGETHER, isWanted, endsAt: plan.deadline });
        const books = await auditBooks(account, trips.proposed);
        return { ...books, ran: trips.proposed.length, left: trips.left, odd: trips.odd, away: trips.unavailable };
      }),
    );
    const clicks = crashes === null ? null : new Acknowledged(await rig.openAccount(1));
    let isTrading = true;
    const disturbed = crashDatabase(rig, crashes, () => isTrading);
    const books = await trading.finally(() => {
      isTrading = false;
    });
    const restarts = await disturbed;
    const forgotten = (await clicks?.lost()) ?? [];
    const all = (of: 'lost' | 'doubled' | 'unknown' | 'left' | 'odd' | 'watched') => books.flatMap((book) => book[of]);
    const sum = (of: 'ran' | 'traded' | 'refused' | 'away') => books.reduce((total, book) => total + book[of], 0);
    const failures = [...all('lost'), ...all('doubled'), ...all('unknown'), ...all('odd')];
    failures.push(...all('left'), ...forgotten, ...(clicks?.odd ?? []));
    if (clicks !== null && clicks.unavailable === 0)
      failures.push('expected the API to say 503 while the database is away');
    const ran = sum('ran');
    if (all('watched').length > Math.max(1, ran * MOST_WATCHED))
      failures.push(`${all('watched').length} entries of ${ran} are sent no more and looked for`);
    if (sum('traded') < ran * LEAST_TRADED) failures.push(`only ${sum('traded')} of ${ran} were traded`);
    if (ran >= count) failures.push(...deaths.missing.map((point) => `too few died at ${point}`));
    const notes = [
      `${sum('traded')} traded, ${sum('refused')} refused, ${all('watched').length} looked for`,
      `lost ${all('lost').length}, doubled ${all('doubled').length}, unknown to the ledger ${all('unknown').length}`,
      ...(points.length > 0
        ? [`deaths ${points.map((point) => `${point} ${deaths.deaths.get(point) ?? 0}`).join(' ')}`]
        : []),
      ...(clicks === null
        ? []
        : [
            `${restarts} restarts; ${clicks.count} clicks taken, ${forgotten.length} lost, ${clicks.unavailable} answered 503`,
          ]),
    ];
    const failed = hasFreshIds ? all('doubled').length : failures.length;
    return { ran, failed, failures: failures.slice(0, MOST_TOLD), notes: notes.join('; ') };
  } finally {
    await crew?.end();
    await rig.close();
  }
}

async function crashDatabase(rig: AccountRig, crashes: CrashRun['crashes'], isTrading: () => boolean): Promise<number> {
  let done = 0;
  while (crashes !== null && done < crashes.count && isTrading()) {
    await new Promise((resolve) => setTimeout(resolve, crashes.everyMs));
    if (!isTrading()) break;
    await rig.database.crash();
    done += 1;
  }
  return done;
}

const USUAL = { accounts: 8, workers: 9, trouble: TROUBLE, hasFreshIds: false, crashes: null } as const;
const LONGEST_FAST_MS = 170 * SECOND_MS;

/** P1: no order lost, doubled or unknown to the ledger when worker processes are killed at every named point, with a broker that errs. */
export const crashesOverHttp: SoakSuite = {
  promise: 'P1 over HTTP',
  title: 'workers killed at every point, a sandbox that errs',
  fast: 78,
  full: 1_000,
  run: (count, seed, deadline) => {
    const until = Math.min(deadline, performance.now() + Math.max(LONGEST_FAST_MS, count * 4 * SECOND_MS));
    return run({ ...USUAL, count, seed, deadline: until, deathsEach: Math.max(3, Math.floor(count / 50)) });
  },
  /** Every copy of an order under an id of its own: what is asked again is bought again. */
  control: () => {
    const trouble: FaultSettings = { drop_reply_after_accept: { probability: 0.7 } };
    const deadline = performance.now() + 70 * SECOND_MS;
    const few = { accounts: 1, workers: 1, deathsEach: 0 };
    return run({ ...USUAL, ...few, count: 3, seed: 1, deadline, trouble, hasFreshIds: true });
  },
};

/** P3: what was acknowledged survives a database that crashes under load; meanwhile the API says 503. */
export const databaseCrashesOverHttp: SoakSuite = {
  promise: 'P3 over HTTP',
  title: 'PostgreSQL crashed under load',
  fast: 12,
  full: 200,
  run: (count, seed, deadline) => {
    const isFast = count <= 12;
    const until = Math.min(deadline, performance.now() + Math.max(90 * SECOND_MS, count * 6 * SECOND_MS));
    const crashes = isFast ? { count: 2, everyMs: 3_000 } : { count: Number.POSITIVE_INFINITY, everyMs: 5_000 };
    const few = isFast ? { accounts: 3, workers: 4, deathsEach: 0 } : { deathsEach: 1 };
    return run({ ...USUAL, ...few, count, seed, deadline: until, crashes });
  },
};
