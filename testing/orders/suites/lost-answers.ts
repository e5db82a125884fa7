import { SECOND_MS, seededChance } from '@bellwether/domain';
import type { FakeHabits, WireFaults } from '@bellwether/ports/testing';
import { type PlayOutcome, seededSuite } from '../../soak/soak-suite.ts';
import { AccountPlay, START } from '../account-play.ts';
import { BUSY_PRICES, BusyAccount } from '../busy-account.ts';

interface Fault {
  readonly name: string;
  readonly wire?: Partial<WireFaults>;
  readonly habits?: Partial<FakeHabits>;
  readonly happens?: (play: AccountPlay, chance: () => number) => void;
}

/** Every fault switch of the trading rules (§3, item 10), often enough that most orders meet it. */
const FAULTS: readonly Fault[] = [
  { name: '5xx after accept', wire: { http5xxAfterAccept: 0.6 } },
  { name: 'reply dropped after accept', wire: { dropReplyAfterAccept: 0.6 } },
  { name: 'accepted after the client gave up', wire: { lateAccept: 0.6 } },
  { name: 'request lost', wire: { lostRequest: 0.5 } },
  { name: 'accepted and not found', habits: { hiddenRate: 0.7 }, wire: { dropReplyAfterAccept: 0.5 } },
  { name: 'events told twice', wire: { duplicateEvents: 0.8 } },
  { name: 'events out of order', wire: { reorderEvents: 0.7 } },
  { name: 'reads that fail', wire: { failedRead: 0.4, http5xxAfterAccept: 0.3 } },
  { name: 'throttled', wire: { throttled: 0.4 } },
  { name: 'keys refused', wire: { unauthorized: 0.15 } },
  { name: 'cancel that hangs', habits: { stuckCancelRate: 0.6, stuckCancelMs: [5_000, 45_000] } },
  { name: 'exits refused', habits: { refuseExitRate: 0.5, refuseReplaceRate: 0.5 } },
  { name: 'stop that ends untold', habits: { missingStopCancelRate: 0.9 } },
  { name: 'positions seconds behind', habits: { positionsLagMs: 10_000 } },
  {
    name: 'halted',
    happens: (play, chance) => {
      for (const symbol of play.market.symbols()) {
        const from = START + 5_000 + chance() * 60_000;
        play.at(from, () => play.market.halt(symbol, true));
        play.at(from + 5_000 + chance() * 30_000, () => play.market.halt(symbol, false));
      }
    },
  },
];

const BUSY_MS = 20 * SECOND_MS;
const TROUBLE_MS = 120 * SECOND_MS;
const SETTLES_MS = 900 * SECOND_MS;
const FAST_EACH = 10;
const FULL_EACH = 100;

/** P2 in virtual time: what the broker took and did not say is found and taken for ours, once. */
export const lostAnswers = seededSuite({
  promise: 'P2',
  title: 'virtual time: accepted but unanswered is adopted, under every fault',
  fast: FAULTS.length * FAST_EACH,
  full: FAULTS.length * FULL_EACH,
  controlSeeds: FAULTS.length * 2,
  play: playFault,
});

function playFault(seed: number, { trace, control }: { trace: boolean; control: boolean }): PlayOutcome {
  const chance = seededChance(seed, 'p2');
  const fault = FAULTS[seed % FAULTS.length] as Fault;
  const play = new AccountPlay({
    seed,
    trace,
    freshIds: control,
    market: { prices: BUSY_PRICES, volatility: 0.0007 },
    habits: { partialRate: 0.1, ...fault.habits },
    wire: { ...fault.wire },
  });
  const account = new BusyAccount(play, chance);
  account.begin(BUSY_MS);
  fault.happens?.(play, chance);
  play.run(START + TROUBLE_MS);
  account.settle(SETTLES_MS);
  const adopted = play.posts.filter(({ row, sends }) => sends === 1 && row.brokerOrderId !== null).length;
  const failures = account.failures().map((text) => `${fault.name}: ${text}`);
  return { failures, trace: play.trace, counts: { orders: adopted, 'sent again': play.posts.length - adopted } };
}
