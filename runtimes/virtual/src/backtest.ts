import {
  BellwetherError,
  type EpochMs,
  type IsoDate,
  type Money,
  moneyToNumber,
  notional,
  parseMoney,
  priceFromNumber,
  quantityToNumber,
  type TriggerFact,
} from '@bellwether/domain';
import {
  type ExecutionPlan,
  type ExecutionState,
  executionEventFrom,
  executionIdOf,
  PipelineSession,
  type RecordedAnswer,
  type SymbolView,
  stepContext,
  type Ticket,
  type TradePlan,
} from '@bellwether/kernel';
import { exchangeSettingsFrom, SimulatedExchange } from '@bellwether/matching';
import { type BacktestResult, ResultCollector, summarize } from './backtest-result.ts';
import { EquityTracker } from './equity-tracker.ts';
import { type Tape, type TapeSymbol, tapeRange } from './tape.ts';
import { type JournalSink, VirtualExecutions } from './virtual-executions.ts';

export interface BacktestOptions {
  /** Session dates, both included; null is the tape's own end. */
  readonly from?: IsoDate | null;
  readonly to?: IsoDate | null;
  /** Bars of history before `from`, per timeframe; default is what the market data nodes look back. */
  readonly warmup?: number;
  /** USD; default is the document's `initial_balance`. */
  readonly cash?: string;
  readonly seed?: number;
  readonly sha256: { readonly base64url: (text: string) => string; readonly hex: (text: string) => string };
  /** Seconds of a monotonic clock, for the speed that is reported. */
  readonly stopwatch: () => number;
  readonly journal?: JournalSink;
  /** Keeps what agents were told, so that the run can be decided again. */
  readonly keepAnswers?: (hash: string, answers: readonly RecordedAnswer[]) => void;
}

interface Track {
  readonly tape: TapeSymbol;
  readonly to: number;
  /** Place among the traded symbols. */
  readonly index: number;
  row: number;
  /** Whether row `row` has opened. */
  opened: boolean;
}

/**
 * tape ─▶ opens and closes in order ─▶ session ─▶ executions ─▶ fills ─▶ result
 *
 * Trades a plan over recorded bars under a virtual clock. Deterministic: the same plan, tape and options give the same journal and fills.
 */
export function runBacktest(plan: ExecutionPlan, tape: Tape, options: BacktestOptions): BacktestResult {
  const startedAt = options.stopwatch();
  const { mode } = plan.pipeline;
  const cash = options.cash ?? mode.initialBalance;
  const initial = parseMoney(cash);
  const exchange = new SimulatedExchange(
    exchangeSettingsFrom({ ...mode, initialBalance: cash, seed: options.seed ?? mode.seed }),
  );
  const collector = new ResultCollector();
  const missing = plan.symbols.find((symbol) => !tape.some((given) => given.symbol === symbol));
  if (missing !== undefined) {
    throw new BellwetherError(
      'invalid',
      'bars/unknown-symbol',
      `expected bars of ${missing}, which the pipeline trades; given are bars of ${tape.map(({ symbol }) => symbol).join(', ') || 'nothing'}`,
    );
  }
  const traded = tape.filter((symbol) => plan.symbols.length === 0 || plan.symbols.includes(symbol.symbol));
  const ranges = traded.map((symbol) =>
    tapeRange(symbol, options.from ?? null, options.to ?? null, options.warmup ?? plan.lookbackBars, plan.timeframes),
  );
  const tracks: Track[] = traded.map((symbol, i) => ({
    tape: symbol,
    index: i,
    row: ranges[i]?.from ?? 0,
    to: ranges[i]?.to ?? 0,
    opened: false,
  }));
  const decideFrom = tracks.reduce(
    (least, track) => Math.min(least, track.tape.bars.start[track.row] ?? Number.POSITIVE_INFINITY),
    Number.POSITIVE_INFINITY,
  );
  const pipelineId = plan.pipeline.id ?? 'backtest';

  const session = new PipelineSession(
    {
      plan,
      venue: exchange,
      sha256: options.sha256.base64url,
      decideFrom,
      symbols: traded.map(({ symbol, bars, calendar, label }, i) => ({
        symbol,
        timeframe: bars.timeframe,
        calendar,
        label,
        warmFrom: ranges[i]?.warmFrom ?? new Map(),
      })),
      desk: {
        installation: 'backtest',
        account: pipelineId,
        allowShort: true,
        commission: mode.commission,
        validationOnly: plan.pipeline.tradingMode === 'validation',
        splitAtEntry: mode.profile === 'ideal',
      },
    },
    {
      start: (trigger) => begin(trigger),
      desk: (event) => {
        collector.desk(event);
        const answer = executionEventFrom(event);
        if (answer !== null && executions.open?.executionId === answer.executionId) executions.feed(answer.event);
      },
      skipped: (_at, reason) => collector.block(reason),
    },
  );

  const world = {
    now: () => session.now,
    view: session.view,
    desk: session.desk,
    forcedFlatAt: (at: EpochMs) => session.forcedFlatAt(at),
    ...(options.keepAnswers === undefined ? {} : { keep: { sha256: options.sha256.hex, store: options.keepAnswers } }),
  };
  const executions = new VirtualExecutions(
    plan,
    {
      now: () => session.now,
      contextFor: (_plan, state, _node, symbol) => stepContext(plan, state, symbol, world),
      submit: (_plan, state, command) => {
        session.submit(command.plan as TradePlan, ticketFor(plan, state, command));
        return [];
      },
      reportId: (state) =>
        plan.nodes.some((node) => node.agent.writes === 'report') ? state.executionId : null,
    },
    options.journal ?? null,
    (state) => ended(state),
  );
  const begin = (trigger: TriggerFact) => {
    const executionId = executionIdOf(pipelineId, trigger, options.sha256.hex);
    executions.start({
      executionId,
      pipelineId,
      version: 1,
      symbols: plan.symbols.length > 0 ? plan.symbols : traded.map(({ symbol }) => symbol),
      trigger,
    });
  };
  const ended = (state: ExecutionState) => {
    collector.decisions += 1;
    if (state.result === 'blocked' || state.result === 'failed') collector.block(state.reason ?? state.result);
    session.executionEnded();
  };

  traded.forEach(({ symbol, bars }, i) => {
    const range = ranges[i];
    if (range !== undefined) for (let row = range.warm; row < range.from; row++) session.warmUp(symbol, bars, row);
  });

  const marks = { get: (symbol: string) => priceFromNumber(session.view(symbol).lastClose) };
  const exactEquity = (): Money => exchange.equity(marks);
  const followed = new FollowedEquity(
    exchange,
    session,
    traded.map(({ symbol }) => symbol),
  );
  const tracker = new EquityTracker(initial, () => followed.capture());
  let bars = 0;
  let barsHeld = 0;
  let sessions = 0;
  let dayEndsAt = Number.NEGATIVE_INFINITY;
  if (Number.isFinite(decideFrom)) {
    // Starting is an act before the first bar: a trigger of that very instant still counts.
    session.startAt(decideFrom - 1);
  }
  for (let track = nextTrack(tracks); track !== null; track = nextTrack(tracks)) {
    const { symbol, bars: series, calendar } = track.tape;
    if (!track.opened) {
      const at = series.start[track.row] as number;
      fireTimers(executions, at);
      session.advanceTo(at);
      session.onOpen(symbol, series, track.row);
      track.opened = true;
      continue;
    }
    const end = series.end[track.row] as number;
    if (end > dayEndsAt) {
      if (sessions > 0) tracker.closeDay();
      sessions += 1;
      dayEndsAt = calendar.exchangeDay(end).closesAt;
    }
    session.onClose(symbol, series, track.row);
    bars += 1;
    tracker.mark(followed.equity());
    if (followed.holds(track.index)) barsHeld += 1;
    track.row += 1;
    track.opened = false;
  }
  if (sessions > 0) tracker.closeDay();

  const openPositions = [...session.desk.openPositions()].filter((position) => position.quantity > 0n);
  const dates = tracks
    .map((track, i) => ({ track, range: ranges[i] }))
    .filter(({ range }) => range !== undefined && range.to > range.from);
  const dateOf = (track: Track, row: number) =>
    track.tape.calendar.exchangeDay(track.tape.bars.end[row] as number).date;
  return summarize(
    collector,
    {
      symbols: traded.map(({ symbol }) => symbol),
      from: dates.map(({ track, range }) => dateOf(track, range?.from ?? 0)).sort()[0] ?? null,
      to:
        dates
          .map(({ track, range }) => dateOf(track, (range?.to ?? 1) - 1))
          .sort()
          .at(-1) ?? null,
      bars,
      sessions,
      barsHeld,
      openPositions: openPositions.map((position) => ({
        position,
        last: priceFromNumber(session.view(position.symbol).lastClose),
      })),
      equityStart: initial,
      equityFinal: exactEquity(),
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

/** Returns the track whose next open or close comes first: closes before opens of the same instant, then in the order of the tape. */
function nextTrack(tracks: readonly Track[]): Track | null {
  if (tracks.length === 1) {
    const only = tracks[0] as Track;
    return only.row < only.to ? only : null;
  }
  let best: Track | null = null;
  let bestAt = Number.POSITIVE_INFINITY;
  for (const track of tracks) {
    if (track.row >= track.to) continue;
    const at = (track.opened ? track.tape.bars.end[track.row] : track.tape.bars.start[track.row]) as number;
    if (at < bestAt || (at === bestAt && best !== null && track.opened && !best.opened)) {
      best = track;
      bestAt = at;
    }
  }
  return best;
}

function fireTimers(executions: VirtualExecutions, at: EpochMs): void {
  for (let timer = executions.nextTimer; timer !== null && timer.dueAt <= at; timer = executions.nextTimer) {
    executions.feed({ event: 'timer_fired', at: timer.dueAt, commandId: timer.id });
  }
}

function ticketFor(
  plan: ExecutionPlan,
  state: ExecutionState,
  command: { readonly id: string; readonly nodeId: string; readonly symbol: string },
): Omit<Ticket, 'pending' | 'orders' | 'traded' | 'refusal'> {
  return {
    commandId: command.id,
    executionId: state.executionId,
    nodeId: command.nodeId,
    agentType: plan.byId.get(command.nodeId)?.agentType ?? '',
    symbol: command.symbol,
  };
}

/** Equity in floats, from holdings that are read again only when a fill has changed the cash. */
class FollowedEquity {
  readonly #exchange: SimulatedExchange;
  readonly #views: readonly SymbolView[];
  readonly #quantities: Float64Array;
  #cash: Money;
  #cashNumber = 0;

  constructor(exchange: SimulatedExchange, session: PipelineSession, symbols: readonly string[]) {
    this.#exchange = exchange;
    this.#views = symbols.map(session.view);
    this.#quantities = new Float64Array(symbols.length);
    this.#cash = exchange.cash;
    this.#cashNumber = moneyToNumber(exchange.cash);
  }

  equity(): number {
    const { cash } = this.#exchange;
    if (cash !== this.#cash) this.#read(cash);
    let equity = this.#cashNumber;
    for (let i = 0; i < this.#views.length; i++) {
      const quantity = this.#quantities[i] as number;
      if (quantity !== 0) equity += quantity * (this.#views[i] as SymbolView).lastClose;
    }
    return equity;
  }

  holds(index: number): boolean {
    return this.#quantities[index] !== 0;
  }

  /** Returns how to state this very equity exactly, later: most points that matter now are soon surpassed. */
  capture(): () => Money {
    const cash = this.#cash;
    const held = this.#views.flatMap((view, i) =>
      this.#quantities[i] === 0
        ? []
        : [{ mark: view.lastClose, quantity: this.#exchange.position(view.symbol).quantity }],
    );
    return () =>
      held.reduce(
        (sum, { mark, quantity }) => sum + notional(priceFromNumber(mark), quantity),
        cash as bigint,
      ) as Money;
  }

  #read(cash: Money): void {
    this.#cash = cash;
    this.#cashNumber = moneyToNumber(cash);
    this.#views.forEach((view, i) => {
      this.#quantities[i] = quantityToNumber(this.#exchange.position(view.symbol).quantity);
    });
  }
}
