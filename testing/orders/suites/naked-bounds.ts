import { SECOND_MS, seededChance } from '@bellwether/domain';
import type { FakeHabits, WireFaults } from '@bellwether/ports/testing';
import { type PlayOutcome, quantile, seededSuite } from '../../soak/soak-suite.ts';
import { AccountPlay, START } from '../account-play.ts';
import { entryProposal } from '../proposals.ts';

interface Weather {
  readonly name: string;
  /** How long shares may stand without a stop, by the broker's own books: 99 of 100 positions, and any. */
  readonly p99Ms: number;
  readonly mostMs: number;
  readonly habits?: Partial<FakeHabits>;
  readonly wire?: Partial<WireFaults>;
  readonly dies?: boolean;
}

const PATIENCE_MS = 3_000;
const ALARM_MS = 10_000;
const CLOSE_MS = 30_000;
/** From what the broker did until we have heard of it, and back. */
const HEARD_MS = 1_500;
const CHAOS = 0.04;
/** Requests and cancels that hang outlast the bound by themselves: few enough to leave the 99 in 100 to everything else. */
const HANGS = 0.001;

/** P4's lines: calm entries and splits, entries that fill in part, a day on which much goes wrong, and a broker that takes no protection. */
const WEATHERS: readonly Weather[] = [
  { name: 'calm', p99Ms: 2_000, mostMs: 4_000 },
  {
    name: 'partial',
    p99Ms: PATIENCE_MS + 2_000,
    mostMs: PATIENCE_MS + 4_000,
    habits: { partialRate: 1, restDelayMs: [500, 20_000] },
  },
  {
    name: 'chaos',
    p99Ms: 15_000,
    mostMs: 120_000,
    habits: {
      partialRate: 0.3,
      restDelayMs: [100, 8_000],
      hiddenRate: CHAOS,
      stuckCancelRate: HANGS,
      missingStopCancelRate: 0.2,
    },
    wire: {
      http5xxAfterAccept: CHAOS,
      dropReplyAfterAccept: CHAOS,
      lateAccept: HANGS,
      lostRequest: HANGS,
      failedRead: CHAOS,
      duplicateEvents: 0.2,
      reorderEvents: 0.2,
    },
    dies: true,
  },
  {
    name: 'refused',
    // Counted from the end of the entry, whose own patience is a disclosed gap.
    p99Ms: PATIENCE_MS + CLOSE_MS + 2_000,
    mostMs: CLOSE_MS + 10_000,
    habits: { partialRate: 1, restDelayMs: [60_000, 90_000] },
  },
];

const BRINGS_TIME: ReadonlySet<string> = new Set(['time', 'market', 'orders_read']);
const END_MS = 200 * SECOND_MS;

/** P4 in virtual time: shares stand without a stop no longer than promised, and when they do, alarm and close come. */
export const nakedBounds = seededSuite({
  promise: 'P4',
  title: 'virtual time: never naked beyond the bound; alarm at 10 s, close at 30 s',
  fast: 2_000,
  full: 100_000,
  controlSeeds: 40,
  play: playWeather,
  judge: (_, __, samples) => {
    const broken = WEATHERS.flatMap(({ name, p99Ms }) => {
      const p99 = quantile(samples.get(`${name} ms`) ?? [], 0.99);
      return p99 <= p99Ms ? [] : [`expected p99 of ${name} at most ${p99Ms} ms, was ${p99}`];
    });
    return broken.length === 0 ? null : broken.join('; ');
  },
});

function playWeather(seed: number, { trace, control }: { trace: boolean; control: boolean }): PlayOutcome {
  const chance = seededChance(seed, 'p4');
  const weather = WEATHERS[seed % WEATHERS.length] as Weather;
  const play: AccountPlay = new AccountPlay({
    seed,
    trace,
    market: { volatility: 0.0007 },
    habits: { ...weather.habits },
    wire: { ...weather.wire },
    ...(weather.dies === true ? { dies: () => chance() < 0.004 } : {}),
  });
  // The control never looks at its clock once it has sent its entry: patience does not end, and no alarm comes.
  if (control) play.hears = (fact) => play.posts.length === 0 || !BRINGS_TIME.has(fact.fact);
  const side = chance() < 0.5 ? 'buy' : 'sell';
  const shares = 2 + Math.floor(chance() * 40);
  play.run(START + 3_000);
  const walk = play.market.walk('AAPL');
  // Toward target 1, so that most positions come to their split.
  walk.drift = (side === 'buy' ? 1 : -1) * 0.0004;
  play.propose(
    entryProposal({ key: 'entry', pipelineId: 'one', symbol: 'AAPL', side, shares, price: walk.price, at: play.now }),
  );
  if (weather.name === 'refused') {
    // The broker takes no protection, and takes the close.
    play.onBrokerEvent = ({ fill }) => (fill === null ? undefined : refuseExits(play, !isGivingUp(play)));
    play.onCommit = () => (isGivingUp(play) ? refuseExits(play, false) : undefined);
  }
  const failures: string[] = [];
  play.run(
    START + END_MS,
    () => play.now > START + 20_000 && play.positions().every(({ status }) => status === 'closed'),
  );
  const longest = play.brokerage.truth.longestNakedMs('AAPL', play.now);
  if (longest > weather.mostMs) failures.push(`${weather.name}: naked for ${longest} ms, at most ${weather.mostMs}`);
  if (weather.name === 'calm' && play.alerts.some(({ code }) => code === 'naked' || code === 'naked_close'))
    failures.push('calm: an alarm came for nothing');
  failures.push(...missedAlarms(play, longest));
  const wasHeld = play.brokerage.fills.length > 0;
  const splits = play.posts.filter(({ row }) => row.leg === 'target_1' && row.purpose === 'exit').length;
  return {
    failures: [...failures, ...play.violations],
    trace: play.trace,
    counts: {
      held: wasHeld ? 1 : 0,
      splits: splits > 0 ? 1 : 0,
      alarms: play.alerts.filter(({ code }) => code === 'naked').length,
    },
    ...(wasHeld ? { samples: { [`${weather.name} ms`]: longest } } : {}),
  };
}

function isGivingUp(play: AccountPlay): boolean {
  return play.alerts.some(({ code }) => code === 'naked_close');
}

function refuseExits(play: AccountPlay, refuses: boolean): void {
  play.brokerage.habits = { ...play.brokerage.habits, refuseExitRate: refuses ? 1 : 0, partialRate: 0 };
}

/** Naked for 10 s: the alarm has come by then; for 30 s: the close. Deaths are given the time of a takeover. */
function missedAlarms(play: AccountPlay, longest: number): string[] {
  const slack = HEARD_MS + PATIENCE_MS + play.crashes.length * 8_000;
  // A cancel that hangs has an alarm of its own, and nothing can be closed before it is through.
  const has = (code: string) => play.alerts.some((alert) => alert.code === code || alert.code === 'cancel_pending');
  const missed: string[] = [];
  if (longest > ALARM_MS + slack && !has('naked') && !isClosing(play))
    missed.push(`naked for ${longest} ms without an alarm`);
  if (longest > CLOSE_MS + slack && !has('naked_close') && !isClosing(play))
    missed.push(`naked for ${longest} ms without a close`);
  return missed;
}

function isClosing(play: AccountPlay): boolean {
  return play.posts.some(({ row }) => row.purpose === 'close');
}
