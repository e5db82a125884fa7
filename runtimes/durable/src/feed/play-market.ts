import { BellwetherError, type EpochMs } from '@bellwether/domain';
import { type ExecutionPlan, PipelineSession, type SessionEvents } from '@bellwether/kernel';
import type { Place } from './place.ts';
import { rowFrom, TapeCursor, type TapePosition, type TapeStep, type TapeSymbol, warmUpOf } from './tape-cursor.ts';

/** One pipeline on one tape, in memory. */
export interface PlayMarket {
  readonly tape: readonly TapeSymbol[];
  readonly session: PipelineSession;
  readonly place: Place;
  readonly cursor: TapeCursor;
  readonly decideFrom: EpochMs;
}

export interface MarketSettings {
  readonly plan: ExecutionPlan;
  readonly tape: readonly TapeSymbol[];
  /** First instant that may be decided on; null is the tape's first bar. */
  readonly from: EpochMs | null;
  readonly place: Place;
  readonly events: SessionEvents;
  /** Absent for a recorded tape. */
  readonly live?: LiveSettings;
}

/** What a tape that is still being written brings with it. */
export interface LiveSettings {
  /** How far it is known. */
  readonly until: () => EpochMs;
  /** Triggers of this instant or later count; earlier than `from` for a session that has waited. */
  readonly decideFrom: EpochMs;
  readonly latestMs: number;
}

/** Builds the market as it stands before the first decision: history pushed, nothing armed. */
export function openMarket(settings: MarketSettings): PlayMarket {
  const { plan, place, events } = settings;
  const tape = settings.tape.filter(({ symbol }) => plan.symbols.length === 0 || plan.symbols.includes(symbol));
  const begin = settings.from ?? Math.min(...tape.map(({ bars }) => bars.start[0] ?? Number.POSITIVE_INFINITY));
  const ranges = new Map(
    tape.map((symbol) => [symbol.symbol, warmUpOf(symbol, begin, plan.lookbackBars, plan.timeframes)]),
  );
  const { live } = settings;
  const cursor = new TapeCursor(tape, begin, (symbol) => rowFrom(symbol, begin), live?.until);
  const decideFrom = live?.decideFrom ?? cursor.peek()?.at;
  if (decideFrom === undefined)
    throw new BellwetherError(
      'invalid',
      'tape/ended',
      `expected bars of ${plan.symbols.join(', ')} from ${new Date(begin).toISOString()} on, the tape has none; choose a tape with these symbols`,
    );
  const session = new PipelineSession(
    {
      plan,
      decideFrom,
      ...(live === undefined ? {} : { latestMs: live.latestMs }),
      symbols: tape.map(({ symbol, bars, calendar, label }) => ({
        symbol,
        timeframe: bars.timeframe,
        calendar,
        label,
        warmFrom: ranges.get(symbol)?.warmFrom ?? new Map(),
      })),
      openDesk: (emit) => place.openDesk(emit),
    },
    events,
  );
  for (const symbol of tape) {
    const warm = ranges.get(symbol.symbol)?.row ?? 0;
    for (let row = warm; row < rowFrom(symbol, begin); row++) session.warmUp(symbol.symbol, symbol.bars, row);
  }
  return { tape, session, place, cursor, decideFrom };
}

/** Plays one step: the session decides, trades and fills. */
export function playStep(session: PipelineSession, { kind, at, tape, row, isLastOfInstant }: TapeStep): void {
  if (kind === 'close') return session.onClose(tape.symbol, tape.bars, row, isLastOfInstant);
  session.advanceTo(at);
  session.onOpen(tape.symbol, tape.bars, row);
}

/** Shows the session all that closed by an instant, as history: nobody decides. */
export function forwardTo({ session, cursor }: PlayMarket, until: EpochMs): void {
  for (let step = cursor.peek(); step !== null; step = cursor.peek()) {
    if (step.at > until || (step.at === until && step.kind === 'open')) return;
    showStep(session, step);
    cursor.advance();
  }
}

/** Shows the session what it has seen before, up to a saved place: bars only, nobody decides and nothing is traded again. */
export function rewindTo({ session, cursor }: PlayMarket, position: TapePosition): EpochMs {
  let at = cursor.from;
  while (!cursor.hasReached(position)) {
    const step = cursor.peek();
    if (step === null)
      throw new BellwetherError(
        'bug',
        'tape/ended',
        'expected the tape to reach the place where it was left, it ended before',
      );
    showStep(session, step);
    at = step.at;
    cursor.advance();
  }
  return at;
}

/** Shows one step as history. */
export function showStep(session: PipelineSession, { kind, at, tape, row }: TapeStep): void {
  if (kind === 'open') session.advanceTo(at);
  else session.warmUp(tape.symbol, tape.bars, row);
}
