import { type CloseReason, ONE_SHARE, type OrderRequest, SECOND_MS, seededChance } from '@bellwether/domain';
import { CALM_WIRE } from '@bellwether/ports/testing';
import { type PlayOutcome, seededSuite } from '../../soak/soak-suite.ts';
import { AccountPlay, SESSIONS, START } from '../account-play.ts';
import { closeProposal, entryProposal } from '../proposals.ts';

const TROUBLE_MS = 75 * SECOND_MS;
const CALM_AT_MS = 90 * SECOND_MS;
const END_MS = 900 * SECOND_MS;
/** Of fewer seeds no percentage is told. */
const JUDGED_FROM = 1_000;
const REASONS: readonly CloseReason[] = ['manual', 'eod_flatten', 'emergency'];

/** P5: whatever asks for the end of a position, in whatever order and with whatever lost, nothing crosses zero and all ends flat. */
export const closeRaces = seededSuite({
  promise: 'P5',
  title: 'close, stop, T1, flatten and kill races never flip',
  fast: 20_000,
  full: 1_000_000,
  controlSeeds: 200,
  play: playRace,
  judge: (counts, ran) => {
    const several = counts.get('close seq > 1') ?? 0;
    return ran < JUDGED_FROM || several * 100 >= ran
      ? null
      : `expected at least 1 % of the seeds to need a second close, was ${several} of ${ran}`;
  },
});

function playRace(seed: number, { trace, control }: { trace: boolean; control: boolean }): PlayOutcome {
  const chance = seededChance(seed, 'p5');
  const isLate = chance() < 0.2;
  const start = isLate ? SESSIONS[0].closesAt - 700 * SECOND_MS : START;
  const crashRate = chance() < 0.3 ? 0.05 : 0;
  const mess = chance() < 0.5 ? 0.03 : 0;
  const play = new AccountPlay({
    seed,
    start,
    trace,
    market: { volatility: 0.0015, tickMs: 1_000, gapRate: 0.01, gapSize: 0.008 },
    habits: {
      partialRate: 0.2,
      restDelayMs: [100, 6_000],
      stuckCancelRate: mess,
      stuckCancelMs: [5_000, 40_000],
      missingStopCancelRate: 0.1,
      refuseExitRate: mess * 2,
      refuseReplaceRate: mess,
      positionsLagMs: chance() < 0.3 ? 8_000 : 0,
      hiddenRate: mess,
    },
    wire: {
      http5xxAfterAccept: mess,
      dropReplyAfterAccept: mess,
      lateAccept: mess,
      lostRequest: mess,
      failedRead: mess,
      duplicateEvents: 0.1,
      reorderEvents: 0.1,
    },
    ...(crashRate === 0 ? {} : { dies: () => chance() < crashRate }),
  });
  const at = (ms: number, run: () => void) => play.at(start + ms, run);
  const side = chance() < 0.5 ? 'buy' : 'sell';
  at(2_000, () =>
    play.propose(
      entryProposal({
        key: 'entry',
        pipelineId: 'one',
        symbol: 'AAPL',
        side,
        shares: 1 + Math.floor(chance() * 40),
        price: play.market.walk('AAPL').price,
        at: play.now,
      }),
    ),
  );
  const closes = 1 + Math.floor(chance() * 3);
  for (let i = 0; i < closes; i++) {
    const when = 3_000 + chance() * 60_000;
    const reason = REASONS[Math.floor(chance() * REASONS.length)] ?? 'manual';
    const how = chance();
    at(when, () => {
      if (control) return naiveClose(play);
      if (how < 0.5) return closeAll(play, `close-${i}`, reason);
      if (how < 0.75)
        return play.propose(
          closeProposal({
            key: `exit-${i}`,
            pipelineId: 'one',
            symbol: 'AAPL',
            side: side === 'buy' ? 'sell' : 'buy',
            at: play.now,
          }),
        );
      play.standing.engage(how < 0.85 ? 'account' : 'pipeline', 'one', true);
      play.tellStanding(1_000);
    });
  }
  if (chance() < 0.2) {
    const from = 3_000 + chance() * 60_000;
    at(from, () => play.market.halt('AAPL', true));
    at(from + 1_000 + chance() * 30_000, () => play.market.halt('AAPL', false));
  }
  if (chance() < 0.2) at(3_000 + chance() * 60_000, () => play.dropStream(500 + chance() * 8_000));
  at(TROUBLE_MS, () => (control ? undefined : closeAll(play, 'last', 'eod_flatten')));
  at(CALM_AT_MS, () => {
    play.wire.faults = CALM_WIRE;
    play.brokerage.habits = { ...play.brokerage.habits, stuckCancelRate: 0, refuseExitRate: 0, positionsLagMs: 0 };
    if (!control) closeAll(play, 'very last', 'eod_flatten');
  });
  play.run(start + CALM_AT_MS + 1_000);
  play.run(start + END_MS, () => isFlat(play) && play.machine !== null);
  const failures = [...play.violations];
  if (!isFlat(play))
    failures.push(
      `not flat: the broker holds ${play.brokerage.truth.own('AAPL') / ONE_SHARE} AAPL of ours, ${play.brokerage.live('AAPL').length} orders live, positions ${play
        .positions()
        .map(({ status }) => status)
        .join(' ')}`,
    );
  const closesSent = Math.max(0, ...play.posts.filter(({ row }) => row.purpose === 'close').map(({ row }) => row.seq));
  return {
    failures,
    trace: play.trace,
    counts: {
      'close seq > 1': closesSent > 1 ? 1 : 0,
      crashes: play.crashes.length,
      closes: play.posts.filter(({ row }) => row.purpose === 'close').length,
    },
  };
}

function isFlat(play: AccountPlay): boolean {
  return (
    play.brokerage.truth.own('AAPL') === 0n &&
    play.brokerage.live('AAPL').length === 0 &&
    play.positions().every(({ status }) => status === 'closed')
  );
}

function closeAll(play: AccountPlay, key: string, reason: CloseReason): void {
  for (const { positionId, status } of play.positions())
    if (status !== 'closed') play.close(`${key}-${positionId}`, positionId, reason);
}

/** What the protocol is for: sells the size the position had, without waiting for what else may sell it. */
function naiveClose(play: AccountPlay): void {
  const position = play.positions().find(({ status, quantity }) => status !== 'closed' && quantity > 0n);
  if (position === undefined) return;
  const { symbol, side, quantity } = position;
  const row = position.orders[0];
  for (const order of play.brokerage.live(symbol)) play.brokerage.cancel(order.id);
  const send = (left: number): void => {
    const request: OrderRequest = {
      clientOrderId: `naive-${play.now}-${left}`,
      symbol,
      side: side === 'long' ? 'sell' : 'buy',
      type: 'market',
      quantity,
      limitPrice: null,
      stopPrice: null,
      timeInForce: 'day',
      takeProfit: null,
      stopLoss: null,
      oco: false,
    };
    const outcome = play.brokerage.post(request);
    if (outcome.kind === 'accepted' && row !== undefined) play.truth.own({ ...row, leg: 'close' }, outcome.order);
    else if (left > 0) play.after(100, () => send(left - 1));
  };
  send(100);
}
