import {
  type BarSeries,
  calendarOf,
  type ExchangeCalendar,
  type Market,
  MINUTE_MS,
  type TradingSession,
} from '@bellwether/domain';

/** To which session each row of a series belongs. Of daily bars every row is its own session. */
export interface SessionColumns {
  /** Rises by one from session to session of the calendar; of daily bars it is the row. */
  readonly ordinal: Int32Array;
  /** Whole minutes from the session's open to the bar's start; negative before the open. */
  readonly minute: Int32Array;
  /** 1 for a bar of the regular session, 0 for one outside it. */
  readonly isRegular: Uint8Array;
}

/** Returns the sessions of the rows. Bars outside regular hours count to the session that closes next. */
export function sessionColumns(bars: BarSeries, market: Market): SessionColumns {
  const columns = {
    ordinal: new Int32Array(bars.length),
    minute: new Int32Array(bars.length),
    isRegular: new Uint8Array(bars.length),
  };
  if (bars.timeframe === '1d') fillDaily(columns);
  else fillIntraday(columns, bars, calendarOf(market));
  return columns;
}

function fillDaily(columns: SessionColumns): void {
  for (let row = 0; row < columns.ordinal.length; row++) columns.ordinal[row] = row;
  columns.isRegular.fill(1);
}

function fillIntraday(columns: SessionColumns, bars: BarSeries, calendar: ExchangeCalendar): void {
  let session: TradingSession | undefined;
  for (let row = 0; row < bars.length; row++) {
    const start = bars.start[row] as number;
    if (session === undefined || start < session.opensAt || start >= session.closesAt) {
      session = calendar.sessionAt(start) ?? calendar.exchangeDay(start);
    }
    columns.ordinal[row] = session.ordinal;
    columns.minute[row] = Math.floor((start - session.opensAt) / MINUTE_MS);
    columns.isRegular[row] = start >= session.opensAt && start < session.closesAt ? 1 : 0;
  }
}

/** High, low and close of a whole session. */
export interface SessionRange {
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

/** Returns the regular session before the one that row `row` belongs to, or null when the series does not reach so far. */
export function previousSession(bars: BarSeries, sessions: SessionColumns, row: number): SessionRange | null {
  const own = sessions.ordinal[row];
  let last = row;
  while (last >= 0 && (sessions.ordinal[last] === own || sessions.isRegular[last] === 0)) last--;
  if (last < 0) return null;
  let high = Number.NEGATIVE_INFINITY;
  let low = Number.POSITIVE_INFINITY;
  for (let i = last; i >= 0 && sessions.ordinal[i] === sessions.ordinal[last]; i--) {
    if (sessions.isRegular[i] === 0) continue;
    high = Math.max(high, bars.high[i] as number);
    low = Math.min(low, bars.low[i] as number);
  }
  return { high, low, close: bars.close[last] as number };
}
