import { DAY_MS, type EpochMs, MINUTE_MS, NYSE_CALENDAR, ONE_SHARE, SECOND_MS, seededChance } from '@bellwether/domain';
import { type TradingWindow, windowOn } from '@bellwether/kernel';
import { CALM_WIRE } from '@bellwether/ports/testing';
import { type PlayOutcome, seededSuite } from '../../soak/soak-suite.ts';
import { AccountPlay } from '../account-play.ts';
import { plain } from '../drift-scene.ts';
import { entryProposal } from '../proposals.ts';

const FLAT_BEFORE_CLOSE_MS = 2 * MINUTE_MS;
const BEFORE_MS = 4 * MINUTE_MS;
const ENTRIES_MS = 30 * SECOND_MS;
const USER_SHARES = 9;
/** Half days, and the days beside a change of the clocks; every other day is a random one. */
const SPECIAL_DAYS = ['2024-11-29', '2025-07-03', '2026-03-06', '2026-10-30', '2026-11-27', '2026-12-24'] as const;
const FIRST_DAY = Date.UTC(2016, 0, 1) / DAY_MS;
const LAST_DAY = Date.UTC(2027, 11, 31) / DAY_MS;
/** A session goes on for at most so long after its window, and the next one begins so soon: hours in which nothing can happen are not played. */
const AFTERMATH_MS = 25 * MINUTE_MS;
const NIGHT_MS = 10 * MINUTE_MS;
const HOURS = [
  { startTime: '09:35', endTime: '15:30' },
  { startTime: '09:35', endTime: '16:00' },
  { startTime: '10:00', endTime: '12:30' },
  // Overnight: it begins in a session and its end lies in the next morning.
  { startTime: '12:00', endTime: '02:00' },
] as const;

/** P31: a window's end leaves its pipeline flat in its own shares once, or somebody is told in time. */
export const flatten = seededSuite({
  promise: 'P31',
  title: 'the end of a window flattens own shares once, by close − 2 min, or pages',
  fast: 50,
  full: 1_000,
  controlSeeds: 20,
  play: playDay,
  judge: (counts, ran) => {
    if (ran < 50) return null;
    const missing = ['in time', 'paged', 'crashes'].filter((name) => (counts.get(name) ?? 0) === 0);
    return missing.length === 0 ? null : `expected days that end ${missing.join(' and ')}, were none`;
  },
});

function playDay(seed: number, { trace, control }: { trace: boolean; control: boolean }): PlayOutcome {
  const chance = seededChance(seed, 'p31');
  const { window, isHalfDay, closesAt, next } = drawWindow(chance);
  const start = window.flattenAt - BEFORE_MS;
  const crashRate = chance() < 0.5 ? 0.03 : 0;
  const mess = chance() < 0.6 ? chance() * 0.5 : 0;
  const play = new AccountPlay({
    seed,
    trace,
    start,
    market: {
      prices: { AAPL: 100, MSFT: 60 },
      volatility: 0.0003,
      sessions: [
        { opensAt: window.startsAt - 60 * MINUTE_MS, closesAt },
        { opensAt: next.opensAt, closesAt: next.closesAt },
      ],
    },
    wire: { duplicateEvents: 0.1, reorderEvents: 0.1 },
    ...(crashRate === 0 ? {} : { dies: () => chance() < crashRate }),
  });
  play.run(start + SECOND_MS);
  const enter = (pipelineId: string, symbol: string) =>
    play.propose(
      entryProposal({
        key: `entry-${pipelineId}-${symbol}-${play.now}`,
        pipelineId,
        symbol,
        side: 'buy',
        shares: 1 + Math.floor(chance() * 40),
        price: play.market.walk(symbol).price,
        stop: 0.04,
        target1: 0.06,
        target2: 0.1,
        at: play.now,
      }),
    );
  enter('one', 'AAPL');
  enter('two', 'MSFT');
  play.run(start + ENTRIES_MS);
  play.brokerage.external(plain('AAPL', 'buy', USER_SHARES));
  play.run(window.flattenAt - 20 * SECOND_MS - chance() * MINUTE_MS);
  const wasIn = play.brokerage.truth.own('AAPL') > 0n;
  const trouble = mess > 0 ? { ...CALM_WIRE, throttled: mess, lostRequest: mess / 4, failedRead: mess / 2 } : CALM_WIRE;
  play.at(window.flattenAt - 5 * SECOND_MS, () => {
    play.wire.faults = trouble;
    play.brokerage.habits = { ...play.brokerage.habits, refuseExitRate: mess, stuckCancelRate: mess / 2 };
  });
  if (chance() < 0.4) {
    play.at(window.flattenAt + chance() * 20 * SECOND_MS - 10 * SECOND_MS, () => play.market.halt('AAPL', true));
    if (chance() < 0.5) play.at(window.flattenAt + chance() * 8 * MINUTE_MS, () => play.market.halt('AAPL', false));
  }
  // Asked by the session, by the one that takes over from it, and by a scheduler that does not know of either.
  const asks = 1 + Math.floor(chance() * 4);
  for (let index = 0; index < asks; index++)
    play.at(window.flattenAt + (index === 0 ? 0 : chance() * 3 * MINUTE_MS), () =>
      control
        ? closeTheLot(play, 'AAPL', index)
        : flattenOwn(play, 'one', `${window.date}-${chance() < 0.5 ? 0 : index}`),
    );
  const deadline = closesAt - FLAT_BEFORE_CLOSE_MS;
  play.run(deadline + SECOND_MS);
  const failures: string[] = [];
  const ours = () => play.brokerage.truth.own('AAPL');
  const isPaged = play.alerts.some(
    ({ level, symbol, pipelineId }) => level === 'page' && symbol === 'AAPL' && pipelineId === 'one',
  );
  const inTime = ours() === 0n;
  if (!inTime && !isPaged)
    failures.push(`${ours() / ONE_SHARE} AAPL are left two minutes before the close, and nobody is told`);
  play.at(next.opensAt, () => {
    play.market.halt('AAPL', false);
    play.wire.faults = CALM_WIRE;
    play.brokerage.habits = { ...play.brokerage.habits, refuseExitRate: 0, stuckCancelRate: 0 };
  });
  if (!inTime) play.run(next.opensAt + 15 * MINUTE_MS, () => play.now > next.opensAt && ours() === 0n);
  else play.run(play.now + MINUTE_MS);
  if (ours() !== 0n) failures.push(`${ours() / ONE_SHARE} AAPL are left after the next open`);
  if (play.brokerage.truth.net('AAPL') - ours() !== BigInt(USER_SHARES) * ONE_SHARE)
    failures.push('shares of the user were touched');
  // Its own stop and target may sell them; a market order is a close, and nobody asked for one.
  if (play.brokerage.orders.some(({ symbol, side, type }) => symbol === 'MSFT' && side === 'sell' && type === 'market'))
    failures.push('shares of the other pipeline were sold');
  failures.push(...play.violations);
  return {
    failures,
    trace: play.trace,
    counts: {
      'in time': wasIn && inTime ? 1 : 0,
      paged: !inTime && isPaged ? 1 : 0,
      'half days': isHalfDay ? 1 : 0,
      crashes: play.crashes.length,
      asked: asks,
    },
  };
}

function drawWindow(chance: () => number): {
  window: TradingWindow;
  isHalfDay: boolean;
  closesAt: EpochMs;
  next: { opensAt: EpochMs; closesAt: EpochMs };
} {
  const hours = HOURS[Math.floor(chance() * HOURS.length)] ?? HOURS[0];
  const settings = { market: 'US', timezone: 'America/New_York', activeDays: [0, 1, 2, 3, 4], ...hours } as const;
  for (;;) {
    const date = drawDate(chance);
    const session = NYSE_CALENDAR.sessionOn(date);
    const day = Temporal.PlainDate.from(date).since(Temporal.PlainDate.from('1970-01-01')).days;
    const found = windowOn(settings, day as Parameters<typeof windowOn>[1]);
    if (session === undefined || found.kind !== 'window') continue;
    const { window } = found;
    const closesAt = Math.min(session.closesAt, window.flattenAt + AFTERMATH_MS);
    const opensAt = closesAt + NIGHT_MS;
    const { earlyClose: isHalfDay } = session;
    return { window, isHalfDay, closesAt, next: { opensAt, closesAt: opensAt + 60 * MINUTE_MS } };
  }
}

function drawDate(chance: () => number): string {
  const special = SPECIAL_DAYS[Math.floor(chance() * 3 * SPECIAL_DAYS.length)];
  if (special !== undefined) return special;
  const day = FIRST_DAY + Math.floor(chance() * (LAST_DAY - FIRST_DAY + 1));
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** What a session does at its window's end: no more entries, and every position of its own is asked to close. */
function flattenOwn(play: AccountPlay, pipelineId: string, key: string): void {
  play.feed({ at: play.now, fact: 'entries_canceled', pipelineId, executionId: null, reason: 'eod_flatten' });
  for (const position of play.positions())
    if (position.pipelineId === pipelineId && position.status !== 'closed')
      play.close(`eod-${key}-${position.positionId}`, position.positionId, 'eod_flatten');
}

/** A control: the account's whole holding is sold each time somebody asks. */
function closeTheLot(play: AccountPlay, symbol: string, index: number): void {
  for (const order of play.brokerage.live(symbol)) play.brokerage.cancel(order.id);
  play.after(500, () => {
    const net = play.brokerage.truth.net(symbol);
    if (net > 0n)
      play.brokerage.post({ ...plain(symbol, 'sell', Number(net / ONE_SHARE)), clientOrderId: `lot-${index}` });
  });
}
