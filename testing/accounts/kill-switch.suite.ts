import { seededChance } from '@bellwether/domain';
import type { SoakSuite, SuiteResult } from '../soak/soak-suite.ts';
import { AccountRig, type Worker } from './account-rig.ts';
import {
  ENTRY_FAULTS,
  type EntryFault,
  KillSwitchRound,
  type RoundResult,
  type SwitchScope,
} from './kill-switch-round.ts';

/** What happens to a whole wave of rounds around the clicks. */
const TROUBLES = ['calm', 'worker killed', 'database crashed'] as const;
type Trouble = (typeof TROUBLES)[number];

const SCOPES: readonly SwitchScope[] = ['user', 'account', 'pipeline'];
const FAULTS = Object.keys(ENTRY_FAULTS) as EntryFault[];
const MOST_A_WAVE = 4;
const MOST_TOLD = 10;

interface Tally {
  readonly trouble: Trouble;
  readonly results: readonly RoundResult[];
}

async function playWave(
  rig: AccountRig,
  trouble: Trouble,
  seeds: readonly number[],
  isControl: boolean,
): Promise<Tally> {
  const worker = await rig.startWorker();
  const rounds = await Promise.all(
    seeds.map((seed) => {
      const chance = seededChance(seed, 'kill switch');
      const pick = <T>(all: readonly T[]): T => all[Math.floor(chance() * all.length)] as T;
      return KillSwitchRound.prepare(rig, { seed, scope: pick(SCOPES), fault: pick(FAULTS), isControl, chance });
    }),
  );
  // Whoever takes over is there already; the first one holds every account.
  const standby = trouble === 'worker killed' ? await rig.startWorker() : null;
  const chance = seededChance(seeds[0] ?? 0, trouble);
  for (const round of rounds) round.begin();
  const troubleAt = performance.now() + 1_300 + chance() * 500;
  const disturbed = disturb(rig, worker, trouble, troubleAt);
  try {
    // Just before the trouble, or just after.
    const results = await Promise.all(rounds.map((round) => round.play(troubleAt + (chance() - 0.5) * 600)));
    await disturbed;
    return { trouble, results };
  } finally {
    await Promise.all(rounds.map((round) => round.end()));
    await worker.kill();
    await standby?.kill();
  }
}

async function disturb(rig: AccountRig, worker: Worker, trouble: Trouble, at: number): Promise<void> {
  if (trouble === 'calm') return;
  await new Promise((resolve) => setTimeout(resolve, at - performance.now()));
  if (trouble === 'database crashed') return rig.database.crash();
  await worker.kill();
}

/** Each kind of trouble has a database, a sandbox and workers of its own: what befalls one is no trouble to the others. */
async function run(count: number, seed: number, deadline: number, isControl: boolean): Promise<SuiteResult> {
  const size = Math.min(MOST_A_WAVE, Math.ceil(count / TROUBLES.length));
  const waves = Math.ceil(count / size);
  const lanes = TROUBLES.map(async (trouble, lane) => {
    const tallies: Tally[] = [];
    if (lane >= waves) return tallies;
    const rig = await AccountRig.open();
    try {
      if (isControl) await deafen(rig);
      for (let wave = lane; wave < waves && performance.now() < deadline; wave += TROUBLES.length) {
        const first = wave * size;
        const seeds = Array.from({ length: Math.min(size, count - first) }, (_, i) => seed + first + i);
        tallies.push(await playWave(rig, trouble, seeds, isControl));
      }
    } finally {
      await rig.close();
    }
    return tallies;
  });
  const tallies = (await Promise.all(lanes)).flat();
  const results = tallies.flatMap((tally) => tally.results);
  const failures = results.flatMap((result) => result.failures);
  return {
    ran: results.length,
    failed: results.filter((result) => result.failures.length > 0).length,
    failures: failures.slice(0, MOST_TOLD),
    notes: notesOf(tallies),
  };
}

function notesOf(tallies: readonly Tally[]): string {
  const most = (some: readonly RoundResult[], of: 'lastPostMs' | 'canceledMs') =>
    Math.max(0, ...some.map((result) => result[of]));
  const told = TROUBLES.flatMap((trouble) => {
    const some = tallies.filter((tally) => tally.trouble === trouble).flatMap(({ results }) => results);
    if (some.length === 0) return [];
    return [`${trouble}: last entry ≤ ${most(some, 'lastPostMs')} ms, canceled ≤ ${most(some, 'canceledMs')} ms`];
  });
  const results = tallies.flatMap((tally) => tally.results);
  const sum = (of: 'sent' | 'refused') => results.reduce((total, result) => total + result[of], 0);
  return [
    ...told,
    `${sum('sent')} entries sent, ${sum('refused')} refused`,
    `${results.filter(({ isHeldBack }) => isHeldBack).length} held back by an unknown entry`,
  ].join('; ');
}

/** P15: from the click no new entry after 2 s, entries canceled in 10 s, nothing re-enters until released. */
export const killSwitchOverHttp: SoakSuite = {
  promise: 'P15',
  title: 'kill switch over HTTP, workers killed, database crashed',
  fast: 12,
  full: 500,
  run: (count, seed, deadline) => run(count, seed, deadline, false),
  /** A keeper that never hears of a switch. */
  control: () => run(1, 1, Number.POSITIVE_INFINITY, true),
};

function deafen(rig: AccountRig): Promise<void> {
  return rig.database.asOwner(`
    CREATE OR REPLACE FUNCTION engine.standing_of(target uuid)
      RETURNS TABLE (scope text, pipeline_id uuid, symbol text, state text, cause text, detail text, flatten boolean, since timestamptz)
      LANGUAGE sql STABLE AS $$
        SELECT NULL::text, NULL::uuid, NULL::text, NULL::text, NULL::text, NULL::text, NULL::boolean, NULL::timestamptz WHERE false $$`);
}
