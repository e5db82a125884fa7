import { SECOND_MS, seededChance } from '@bellwether/domain';
import { type PlayOutcome, seededSuite } from '../../soak/soak-suite.ts';
import { AccountPlay, START } from '../account-play.ts';
import { BUSY_PRICES, BusyAccount } from '../busy-account.ts';
import { CRASH_POINTS } from '../crash-points.ts';

const BUSY_MS = 20 * SECOND_MS;
const TROUBLE_MS = 120 * SECOND_MS;
const SETTLES_MS = 900 * SECOND_MS;
const LEAST_A_POINT = 30;
/** Enough seeds for every point to be reached that often. */
const JUDGED_FROM = 1_500;

/** P1 in virtual time: the process dies at every named point, with a broker that loses answers; nothing is lost, doubled or unknown. */
export const crashes = seededSuite({
  promise: 'P1',
  title: 'virtual time: no order lost or doubled, whenever the process dies',
  fast: 2_000,
  full: 100_000,
  controlSeeds: 100,
  play: playCrashes,
  judge: (counts, ran) => {
    if (ran < JUDGED_FROM) return null;
    const missed = CRASH_POINTS.filter((point) => (counts.get(point) ?? 0) < LEAST_A_POINT);
    return missed.length === 0
      ? null
      : `expected at least ${LEAST_A_POINT} deaths at each point, fewer at ${missed.join(', ')}`;
  },
});

function playCrashes(seed: number, { trace, control }: { trace: boolean; control: boolean }): PlayOutcome {
  const chance = seededChance(seed, 'p1');
  const target = CRASH_POINTS[seed % CRASH_POINTS.length];
  const elsewhere = chance() < 0.3 ? 0.01 : 0;
  let passes = Math.floor(chance() * 3);
  const mess = chance() < 0.5 ? 0.04 : 0;
  const play: AccountPlay = new AccountPlay({
    seed,
    trace,
    freshIds: control,
    market: { prices: BUSY_PRICES, volatility: 0.0007 },
    habits: {
      partialRate: 0.2,
      restDelayMs: [100, 6_000],
      hiddenRate: mess,
      stuckCancelRate: mess / 2,
      missingStopCancelRate: 0.1,
    },
    wire: {
      http5xxAfterAccept: mess,
      dropReplyAfterAccept: mess,
      lateAccept: mess / 2,
      lostRequest: mess / 2,
      failedRead: mess,
      duplicateEvents: 0.1,
      reorderEvents: 0.1,
    },
    dies: (point) => {
      if (play.now - START > TROUBLE_MS) return false;
      if (point !== target) return chance() < elsewhere;
      passes -= 1;
      return passes === -1 || chance() < elsewhere;
    },
  });
  const account = new BusyAccount(play, chance);
  account.begin(BUSY_MS);
  play.run(START + TROUBLE_MS);
  account.settle(SETTLES_MS);
  const counts: Record<string, number> = {};
  for (const point of play.crashes) counts[point] = (counts[point] ?? 0) + 1;
  return { failures: account.failures(), trace: play.trace, counts };
}
