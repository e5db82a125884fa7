import { BellwetherError, type EpochMs, type IsoDate, parseMoney, type TriggerFact } from '@bellwether/domain';
import {
  type DeskEvent,
  type DeskSettings,
  type ExecutionPlan,
  type ExecutionState,
  executionEventFrom,
  executionIdOf,
  OrderDesk,
  PipelineSession,
  type RecordedAnswer,
  stepContext,
  type TicketHead,
} from '@bellwether/kernel';
import { exchangeSettingsFrom, SimulatedExchange } from '@bellwether/matching';
import { type Tape, type TapeRange, type TapeSymbol, tapeRange } from './tape.ts';
import { type JournalSink, VirtualExecutions } from './virtual-executions.ts';

export interface Digests {
  readonly base64url: (text: string) => string;
  readonly hex: (text: string) => string;
}

export interface MarketOptions {
  /** Session dates, both included; null is the tape's own end. */
  readonly from?: IsoDate | null;
  readonly to?: IsoDate | null;
  /** Bars of history before `from`, per timeframe; default is what the market data nodes look back. */
  readonly warmup?: number;
  /** USD; default is the document's `initial_balance`. */
  readonly cash?: string;
  readonly seed?: number;
  readonly sha256: Digests;
  readonly journal?: JournalSink;
  /** Keeps what agents were told, so that the run can be decided again. */
  readonly keepAnswers?: (hash: string, answers: readonly RecordedAnswer[]) => void;
}

/** Told of what the market made of the pipeline. */
export interface MarketWatcher {
  desk(event: DeskEvent): void;
  skipped(reason: string): void;
  ended(state: ExecutionState): void;
}

/** One symbol's way through its range of the tape. */
export interface Track {
  readonly tape: TapeSymbol;
  /** Place among the traded symbols. */
  readonly index: number;
  readonly range: TapeRange;
  row: number;
  /** Whether row `row` has opened. */
  opened: boolean;
}

/** A pipeline on recorded bars: its session, its simulated exchange, its executions, and the tape that moves them. */
export interface VirtualMarket {
  readonly session: PipelineSession;
  readonly exchange: SimulatedExchange;
  readonly executions: VirtualExecutions;
  readonly tracks: readonly Track[];
  /** Start of the first bar that may be decided on; infinite for an empty range. */
  readonly decideFrom: EpochMs;
}

/** Sets a pipeline on its tape, warmed up and not yet started. Throws `bars/unknown-symbol` when the tape lacks a symbol it trades. */
export function openMarket(
  plan: ExecutionPlan,
  tape: Tape,
  options: MarketOptions,
  watcher: MarketWatcher,
): VirtualMarket {
  const tracks = tracksOf(plan, tape, options);
  const decideFrom = tracks.reduce(
    (least, track) => Math.min(least, track.tape.bars.start[track.row] ?? Number.POSITIVE_INFINITY),
    Number.POSITIVE_INFINITY,
  );
  const exchange = exchangeFor(plan, options);
  const pipelineId = plan.pipeline.id ?? 'backtest';
  const { mode } = plan.pipeline;
  const symbols = tracks.map((track) => track.tape.symbol);
  const desk: DeskSettings = {
    installation: 'backtest',
    account: pipelineId,
    allowShort: true,
    commission: mode.commission,
    validationOnly: plan.pipeline.tradingMode === 'validation',
    splitAtEntry: mode.profile === 'ideal',
  };
  const session: PipelineSession = new PipelineSession(
    {
      plan,
      decideFrom,
      symbols: tracks.map(({ tape: { symbol, bars, calendar, label }, range }) => ({
        symbol,
        timeframe: bars.timeframe,
        calendar,
        label,
        warmFrom: range.warmFrom,
      })),
      openDesk: (emit) => new OrderDesk(exchange, desk, options.sha256.base64url, emit),
    },
    {
      start: (trigger: TriggerFact) =>
        executions.start({
          executionId: executionIdOf(pipelineId, trigger, options.sha256.hex),
          pipelineId,
          version: 1,
          symbols: plan.symbols.length > 0 ? plan.symbols : symbols,
          trigger,
        }),
      desk: (event) => {
        watcher.desk(event);
        const answer = executionEventFrom(event);
        if (answer !== null && executions.open?.executionId === answer.executionId) executions.feed(answer.event);
      },
      skipped: (_at, reason) => watcher.skipped(reason),
    },
  );
  const executions = executionsOn(plan, session, options, (state) => {
    watcher.ended(state);
    session.executionEnded();
  });
  for (const { tape: given, range } of tracks) {
    for (let row = range.warm; row < range.from; row++) session.warmUp(given.symbol, given.bars, row);
  }
  return { session, exchange, executions, tracks, decideFrom };
}

/** Plays the tape: opens and closes in order, closes before opens of the same instant. `closed` is told of each close, and whether it is the last of its instant, and may end it. */
export function playMarket(
  market: VirtualMarket,
  closed: (track: Track, end: EpochMs, isLast: boolean) => 'go on' | 'enough',
): void {
  const { session, tracks } = market;
  for (let track = nextTrack(tracks); track !== null; track = nextTrack(tracks)) {
    const { symbol, bars } = track.tape;
    if (!track.opened) {
      const at = bars.start[track.row] as number;
      fireTimers(market.executions, at);
      session.advanceTo(at);
      session.onOpen(symbol, bars, track.row);
      track.opened = true;
      continue;
    }
    const end = bars.end[track.row] as number;
    const isLast = tracks.length === 1 || !tracks.some((other) => other !== track && closesAt(other, end));
    session.onClose(symbol, bars, track.row, isLast);
    track.row += 1;
    track.opened = false;
    if (closed(track, end, isLast) === 'enough') return;
  }
}

function closesAt({ opened, row, tape }: Track, at: EpochMs): boolean {
  return opened && tape.bars.end[row] === at;
}

function tracksOf(plan: ExecutionPlan, tape: Tape, options: MarketOptions): Track[] {
  const missing = plan.symbols.find((symbol) => !tape.some((given) => given.symbol === symbol));
  if (missing !== undefined) {
    const given = tape.map(({ symbol }) => symbol).join(', ') || 'nothing';
    throw new BellwetherError(
      'invalid',
      'bars/unknown-symbol',
      `expected bars of ${missing}, which the pipeline trades; given are bars of ${given}`,
    );
  }
  const traded = tape.filter((symbol) => plan.symbols.length === 0 || plan.symbols.includes(symbol.symbol));
  return traded.map((symbol, index) => {
    const range = tapeRange(
      symbol,
      options.from ?? null,
      options.to ?? null,
      options.warmup ?? plan.lookbackBars,
      plan.timeframes,
    );
    if (range.from >= range.to) throw emptyRange(symbol, options);
    return { tape: symbol, index, range, row: range.from, opened: false };
  });
}

function emptyRange({ symbol, bars, calendar }: TapeSymbol, { from, to }: MarketOptions): BellwetherError {
  const dateOf = (row: number) => calendar.exchangeDay(bars.end[row] as number).date;
  const held = bars.length === 0 ? 'none in a session' : `${dateOf(0)} to ${dateOf(bars.length - 1)}`;
  const asked = `${from ?? 'the first'} to ${to ?? 'the last'}`;
  return new BellwetherError(
    'invalid',
    'bars/unreadable',
    `expected bars of ${symbol} from ${asked}, found none; its bars are ${held}`,
    { symbol },
  );
}

function exchangeFor(plan: ExecutionPlan, options: MarketOptions): SimulatedExchange {
  const { mode } = plan.pipeline;
  const initialBalance = options.cash ?? mode.initialBalance;
  parseMoney(initialBalance);
  // A forced liquidation is the session's: the desk owns every order, and closes by its own protocol.
  return new SimulatedExchange(
    exchangeSettingsFrom({ ...mode, initialBalance, seed: options.seed ?? mode.seed, forceLiquidation: false }),
  );
}

function executionsOn(
  plan: ExecutionPlan,
  session: PipelineSession,
  options: MarketOptions,
  ended: (state: ExecutionState) => void,
): VirtualExecutions {
  const world = {
    now: () => session.now,
    view: session.view,
    desk: session.desk,
    forcedFlatAt: (at: EpochMs) => session.forcedFlatAt(at),
    ...(options.keepAnswers === undefined ? {} : { keep: { sha256: options.sha256.hex, store: options.keepAnswers } }),
  };
  const reports = plan.nodes.some((node) => node.agent.writes === 'report');
  return new VirtualExecutions(
    plan,
    {
      now: () => session.now,
      contextFor: (_plan, state, _node, symbol) => stepContext(plan, state, symbol, world),
      submit: (_plan, state, command) => {
        session.submit(command.plan, ticketFor(plan, state, command));
        return [];
      },
      reportId: (state) => (reports ? state.executionId : null),
    },
    options.journal ?? null,
    ended,
  );
}

function ticketFor(
  plan: ExecutionPlan,
  state: ExecutionState,
  command: { readonly id: string; readonly nodeId: string; readonly symbol: string },
): TicketHead {
  const agentType = plan.byId.get(command.nodeId)?.agentType ?? '';
  return {
    commandId: command.id,
    executionId: state.executionId,
    nodeId: command.nodeId,
    agentType,
    symbol: command.symbol,
  };
}

/** Returns the track whose next open or close comes first: closes before opens of the same instant, then in the order of the tape. */
function nextTrack(tracks: readonly Track[]): Track | null {
  if (tracks.length === 1) {
    const only = tracks[0] as Track;
    return only.row < only.range.to ? only : null;
  }
  let best: Track | null = null;
  let bestAt = Number.POSITIVE_INFINITY;
  for (const track of tracks) {
    if (track.row >= track.range.to) continue;
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
