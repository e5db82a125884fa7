import { type EpochMs, SECOND_MS, seededChance } from '@bellwether/domain';
import { type PlayOutcome, seededSuite } from '../../soak/soak-suite.ts';
import { AccountPlay, START } from '../account-play.ts';
import { DRIFT_ROWS } from '../drift-rows.ts';
import { DriftScene } from '../drift-scene.ts';
import { entryProposal } from '../proposals.ts';

/** The account stands: positions open and covered, the user's own shares known. */
const STANDS_MS = 60 * SECOND_MS;
const HANDLED_WITHIN_MS = 60 * SECOND_MS;
const END_MS = 300 * SECOND_MS;
const USER_SHARES = 7;

/** P7: whatever the broker says otherwise than the ledger is put right within a minute, and what is not ours stays as it is. */
export const drift = seededSuite({
  promise: 'P7',
  title: 'every row of drift is found and handled within 60 s, unowned shares untouched',
  fast: DRIFT_ROWS.length * 6,
  full: DRIFT_ROWS.length * 100,
  controlSeeds: DRIFT_ROWS.length,
  play: playDrift,
});

function playDrift(seed: number, { trace, control }: { trace: boolean; control: boolean }): PlayOutcome {
  const chance = seededChance(seed, 'p7');
  const row = DRIFT_ROWS[seed % DRIFT_ROWS.length];
  if (row === undefined) throw new Error('expected rows of drift, were none');
  const play = new AccountPlay({
    seed,
    trace,
    market: { prices: { AAPL: 100, MSFT: 50, NVDA: 80, GOOG: 120 }, volatility: 0.0001 },
    habits: { positionsLagMs: chance() < 0.3 ? 5_000 : 0 },
  });
  const scene = new DriftScene(play, chance);
  play.run(START + 100);
  scene.userTrades('NVDA', 'buy', USER_SHARES);
  play.run(START + 30 * SECOND_MS);
  const side = chance() < 0.3 && row.bothSides ? 'sell' : 'buy';
  const plan = row.plan ?? (chance() < 0.5 ? 'single_target' : 'split_exits');
  for (const [pipelineId, symbol] of [
    ['one', 'AAPL'],
    ['two', 'MSFT'],
  ] as const)
    play.propose(
      entryProposal({
        key: `entry-${symbol}`,
        pipelineId,
        symbol,
        side: symbol === 'AAPL' ? side : 'buy',
        shares: 6 + Math.floor(chance() * 30),
        price: play.market.walk(symbol).price,
        stop: 0.03,
        target1: 0.045,
        target2: 0.075,
        exits: { plan },
        at: play.now,
      }),
    );
  play.run(START + STANDS_MS);
  row.prepare?.(scene);
  play.run(START + STANDS_MS + 5 * SECOND_MS + Math.round(chance() * 60 * SECOND_MS));
  const failures: string[] = [];
  const unready = scene.unready();
  if (unready !== null) failures.push(`${row.row}: not set up: ${unready}`);
  const injectedAt = play.now;
  play.tell(`>> ${row.row}`);
  if (control) scene.deaf = true;
  row.inject(scene);
  let handledAt: EpochMs | null = null;
  play.run(injectedAt + HANDLED_WITHIN_MS, () => {
    if (handledAt === null && row.isHandled(scene)) handledAt = play.now;
    return false;
  });
  if (!row.isHandled(scene)) failures.push(`${row.row}: not handled within 60 s: ${scene.state()}`);
  if (!control) scene.finish();
  const end = play.now + END_MS;
  play.run(end, () => scene.isFlat());
  failures.push(...play.violations.filter((text) => row.allows?.test(text) !== true));
  if (!control && !scene.isFlat()) failures.push(`${row.row}: not flat: ${scene.state()}`);
  failures.push(...scene.touched().map((text) => `${row.row}: ${text}`));
  const seconds = Math.ceil(((handledAt ?? play.now) - injectedAt) / SECOND_MS);
  return { failures, trace: play.trace, counts: { 'seconds in all': seconds } };
}
