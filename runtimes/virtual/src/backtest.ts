import { formatDate } from '@bellwether/domain';
import type { ExecutionPlan } from '@bellwether/kernel';
import { type BacktestResult, ResultCollector, summarize } from './backtest-result.ts';
import { EquityTracker } from './equity-tracker.ts';
import { FollowedEquity } from './followed-equity.ts';
import type { Tape } from './tape.ts';
import { type MarketOptions, openMarket, playMarket, type Track, type VirtualMarket } from './virtual-market.ts';

export interface BacktestOptions extends MarketOptions {
  /** Seconds of a monotonic clock, for the speed that is reported. */
  readonly stopwatch: () => number;
}

/**
 * tape ─▶ opens and closes in order ─▶ session ─▶ executions ─▶ fills ─▶ result
 *
 * Trades a plan over recorded bars under a virtual clock. Deterministic: the same plan, tape and options give the same journal and fills.
 */
export function runBacktest(plan: ExecutionPlan, tape: Tape, options: BacktestOptions): BacktestResult {
  const startedAt = options.stopwatch();
  const collector = new ResultCollector();
  const market = openMarket(plan, tape, options, {
    desk: (event) => {
      collector.desk(event);
      if (event.kind === 'filled') followed.filled();
    },
    skipped: (reason) => collector.block(reason),
    ended: (state) => collector.ended(state),
  });
  const { exchange, session } = market;
  const views = market.tracks.map((track) => session.view(track.tape.symbol));
  const followed = new FollowedEquity(exchange, views);
  const equityStart = followed.capture()();
  const tracker = new EquityTracker(equityStart, () => followed.capture());
  let bars = 0;
  let barsHeld = 0;
  let sessions = 0;
  let dayEndsAt = Number.NEGATIVE_INFINITY;
  // Starting is an act before the first bar: a trigger of that very instant still counts.
  let refusal = Number.isFinite(market.decideFrom) ? session.startAt(market.decideFrom - 1) : null;
  playMarket(market, (track, end, isLast) => {
    if (end > dayEndsAt) {
      if (sessions > 0) tracker.closeDay();
      sessions += 1;
      dayEndsAt = track.tape.calendar.exchangeDay(end).closesAt;
    }
    // A pipeline that runs once is started by hand inside its window: here, at the first instant that allows it.
    if (refusal === 'outside_window' && isLast) refusal = session.startAt(end);
    bars += 1;
    tracker.mark(followed.equity());
    if (followed.holds(track.index)) barsHeld += 1;
    return 'go on';
  });
  if (sessions > 0) tracker.closeDay();
  const { from, to } = datesOf(market);
  return summarize(
    collector,
    {
      symbols: market.tracks.map((track) => track.tape.symbol),
      from,
      to,
      bars,
      sessions,
      barsHeld,
      openPositions: openPositions(market),
      equityStart,
      equityFinal: followed.capture()(),
      equityPeak: tracker.peak,
      maxDrawdown: tracker.maxDrawdown,
      maxDrawdownFraction: tracker.maxDrawdownFraction,
      commissions: exchange.commissionSoFar,
      dailyEquity: tracker.days,
      elapsedSeconds: options.stopwatch() - startedAt,
    },
    options.sha256.hex,
  );
}

function openPositions(market: VirtualMarket) {
  return [...market.session.desk.openPositions()]
    .filter((position) => position.quantity > 0n)
    .map((position) => ({ position, lastPrice: market.session.view(position.symbol).lastClose }));
}

/** The exchange days of the first and last bar that were traded, over all symbols. */
function datesOf(market: VirtualMarket): { from: string | null; to: string | null } {
  const traded = market.tracks.filter(({ range }) => range.to > range.from);
  const dayOf = (track: Track, row: number) => track.tape.calendar.exchangeDay(track.tape.bars.end[row] as number).day;
  const first = traded.map((track) => dayOf(track, track.range.from));
  const last = traded.map((track) => dayOf(track, track.range.to - 1));
  return {
    from: first.length === 0 ? null : formatDate(Math.min(...first)),
    to: last.length === 0 ? null : formatDate(Math.max(...last)),
  };
}
