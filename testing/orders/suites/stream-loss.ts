import { SECOND_MS, seededChance } from '@bellwether/domain';
import { type PlayOutcome, seededSuite } from '../../soak/soak-suite.ts';
import { AccountPlay, START } from '../account-play.ts';
import { BUSY_PRICES, BusyAccount } from '../busy-account.ts';

const DROPS = 10;
const BUSY_MS = 300 * SECOND_MS;
const SETTLES_MS = 600 * SECOND_MS;
const LEAST_FILLS = 20;
const TELLS_BESIDE_THE_STREAM: ReadonlySet<string> = new Set(['orders_read', 'found', 'submitted']);

/** P8 in virtual time: the stream breaks while orders fill; what it did not tell is read, and booked once. */
export const streamLoss = seededSuite({
  promise: 'P8',
  title: 'virtual time: a lost stream misses no fill and books none twice',
  fast: 100,
  full: 10_000,
  controlSeeds: 10,
  play: playDrops,
  judge: (counts, ran) => {
    const fills = counts.get('fills') ?? 0;
    return fills >= LEAST_FILLS * ran ? null : `expected at least ${LEAST_FILLS} fills a run, were ${fills} in ${ran}`;
  },
});

function playDrops(seed: number, { trace, control }: { trace: boolean; control: boolean }): PlayOutcome {
  const chance = seededChance(seed, 'p8');
  let hasDropped = false;
  const play = new AccountPlay({
    seed,
    trace,
    market: { prices: BUSY_PRICES, volatility: 0.0007 },
    habits: { partialRate: 0.6, restDelayMs: [100, 4_000] },
    wire: { duplicateEvents: 0.1, reorderEvents: 0.1 },
  });
  // The control does not read again what was told while the stream was down.
  if (control) play.hears = (fact) => play.streamUp && (!hasDropped || !TELLS_BESIDE_THE_STREAM.has(fact.fact));
  const account = new BusyAccount(play, chance);
  for (const symbol of play.market.symbols())
    for (let round = 0; round < 6; round++) account.open(symbol, START + 1_000 + round * 50_000 + chance() * 5_000);
  for (let drop = 0; drop < DROPS; drop++)
    play.at(START + 5_000 + chance() * BUSY_MS, () => {
      if (!play.streamUp) return;
      hasDropped = true;
      play.dropStream(500 + chance() * 15_000);
    });
  play.run(START + BUSY_MS);
  account.settle(SETTLES_MS);
  const { fills } = play.brokerage;
  return { failures: account.failures(), trace: play.trace, counts: { fills: fills.length } };
}
