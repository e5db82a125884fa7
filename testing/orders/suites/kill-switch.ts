import { type EpochMs, SECOND_MS, seededChance } from '@bellwether/domain';
import { isOver } from '@bellwether/ports/testing';
import { type PlayOutcome, seededSuite } from '../../soak/soak-suite.ts';
import { AccountPlay, START } from '../account-play.ts';
import { BUSY_PRICES, BusyAccount } from '../busy-account.ts';
import { entryProposal } from '../proposals.ts';

const NO_POST_AFTER_MS = 2_000;
const CANCELED_WITHIN_MS = 10_000;
/** The switch is read in TX 2, and told to the account within a second. */
const TOLD_WITHIN_MS = 1_000;
const HALTED_MS = 60 * SECOND_MS;
/** Whoever dies has a successor before the release: what nobody had heard by then counts as asked after it. */
const LAST_DEATH_MS = 45 * SECOND_MS;
const RELEASED_MS = 90 * SECOND_MS;
const SCOPES = ['platform', 'account', 'pipeline'] as const;
const MESS = 0.05;

/** P15 in virtual time: whenever the switch is engaged, nothing is opened after it, what works is canceled, and only a release lets entries through. */
export const switchRaces = seededSuite({
  promise: 'P15',
  title: 'virtual time: a kill switch stops entries at once and for good, in every scope',
  fast: 1_000,
  full: 50_000,
  controlSeeds: 60,
  play: playSwitch,
  judge: (counts, ran) => {
    const missing = ['entries before', 'entries canceled', 'entries after release'].filter(
      (name) => (counts.get(name) ?? 0) * 4 < ran,
    );
    return missing.length === 0 ? null : `expected one run in four at least to have ${missing.join(' and ')}`;
  },
});

function playSwitch(seed: number, { trace, control }: { trace: boolean; control: boolean }): PlayOutcome {
  const chance = seededChance(seed, 'p15');
  const scope = SCOPES[seed % SCOPES.length] ?? 'account';
  const flatten = chance() < 0.3;
  const engagedAt = START + 3_000 + Math.round(chance() * 12_000);
  let deaths = chance() < 0.3 ? 1 : 0;
  const play: AccountPlay = new AccountPlay({
    seed,
    trace,
    market: { prices: BUSY_PRICES, volatility: 0.0004 },
    habits: { partialRate: 0.2, hiddenRate: MESS },
    wire: { http5xxAfterAccept: MESS, dropReplyAfterAccept: MESS, duplicateEvents: 0.1, reorderEvents: 0.1 },
    dies: () => {
      if (deaths === 0 || play.now < START + 2_000 || play.now > engagedAt + LAST_DEATH_MS || chance() > 0.02)
        return false;
      deaths -= 1;
      return true;
    },
  });
  const account = new BusyAccount(play, chance);
  // Entries at the market and limits that rest, before, around and after the click; again and again, as a trigger would.
  for (const symbol of play.market.symbols()) {
    propose(play, account, symbol, START + 1_000 + chance() * 14_000, chance() < 0.6);
    for (let at = engagedAt; at < engagedAt + HALTED_MS - 7_000; at += 7_000)
      propose(play, account, symbol, at + chance() * 6_000, chance() < 0.5);
  }
  const failures: string[] = [];
  const concerns = (pipelineId: string) => scope !== 'pipeline' || pipelineId === 'pipeline-AAPL';
  play.at(engagedAt, () => {
    // The control's click reaches nobody.
    if (!control) play.standing.engage(scope, scope === 'pipeline' ? 'pipeline-AAPL' : null, flatten);
    play.tellStanding(Math.round(chance() * TOLD_WITHIN_MS));
  });
  play.at(engagedAt + CANCELED_WITHIN_MS, () => {
    for (const order of play.brokerage.orders)
      if (order.part === 'entry' && !isOver(order) && concerns(`pipeline-${order.symbol}`))
        failures.push(`an entry in ${order.symbol} still works ${CANCELED_WITHIN_MS} ms after the click`);
  });
  play.run(engagedAt + HALTED_MS);
  const releasedAt = play.now;
  const posted = (from: EpochMs, to: EpochMs) =>
    play.posts.filter(
      ({ at, row }) => row.purpose === 'entry' && at > from && at <= to && concerns(`pipeline-${row.symbol}`),
    );
  for (const { at, row } of posted(engagedAt + NO_POST_AFTER_MS, releasedAt))
    failures.push(`an entry in ${row.symbol} left ${at - engagedAt} ms after the click`);
  play.standing.release();
  play.tellStanding(TOLD_WITHIN_MS);
  account.finish('release');
  play.run(releasedAt + 30 * SECOND_MS);
  for (const { at, row } of posted(releasedAt, releasedAt + 30 * SECOND_MS))
    failures.push(`an old entry in ${row.symbol} left ${at - releasedAt} ms after the release`);
  const from = play.now;
  for (const symbol of play.market.symbols()) propose(play, account, symbol, from + chance() * 5_000, false);
  play.run(from + RELEASED_MS - 30 * SECOND_MS);
  const after = posted(from, play.now).length;
  account.settle(900 * SECOND_MS);
  return {
    failures: [...failures, ...account.failures()],
    trace: play.trace,
    counts: {
      'entries before': posted(START, engagedAt).length > 0 ? 1 : 0,
      'entries canceled': play.brokerage.orders.some(({ part, status }) => part === 'entry' && status === 'canceled')
        ? 1
        : 0,
      'entries after release': after > 0 ? 1 : 0,
      deaths: play.crashes.length,
    },
  };
}

function propose(play: AccountPlay, account: BusyAccount, symbol: string, at: EpochMs, rests: boolean): void {
  const key = `${symbol}-${account.keys.length}`;
  account.keys.push(key);
  play.at(at, () => {
    const { price } = play.market.walk(symbol);
    const limit = { type: 'limit', price: price * 0.99, entryValidMs: 300_000 } as const;
    const wish = {
      key,
      pipelineId: `pipeline-${symbol}`,
      symbol,
      side: 'buy',
      shares: 12,
      price,
      at: play.now,
    } as const;
    play.propose(entryProposal(rests ? { ...wish, ...limit } : wish));
  });
}
