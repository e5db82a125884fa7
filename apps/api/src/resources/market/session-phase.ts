import type { MarketSessionWire } from '@bellwether/contracts';
import {
  type EpochMs,
  type ExchangeCalendar,
  formatInstant,
  HOUR_MS,
  MINUTE_MS,
  type TradingSession,
} from '@bellwether/domain';

/** US equities trade from 04:00, five and a half hours before the open, and four hours after the close (17:00 on half days). */
const PRE_MARKET_MS = 5.5 * HOUR_MS;
const AFTER_HOURS_MS = 4 * HOUR_MS;
const CLOSING_SOON_MS = 15 * MINUTE_MS;

/** Returns where the market's day stands at an instant. `until` is when the phase ends. */
export function sessionPhase(calendar: ExchangeCalendar, now: EpochMs): MarketSessionWire {
  const current = calendar.sessionAt(now);
  const next = calendar.nextSession(now);
  const [phase, until, about] = phaseAt(calendar, now, current, next);
  return {
    phase,
    until: formatInstant(until),
    next_open: formatInstant(next.opensAt),
    next_close: formatInstant((current ?? next).closesAt),
    half_day: about.earlyClose,
    server_time: formatInstant(now),
    exchange: about.sessionId.split(':')[0] ?? calendar.market,
  };
}

function phaseAt(
  calendar: ExchangeCalendar,
  now: EpochMs,
  current: TradingSession | undefined,
  next: TradingSession,
): readonly [MarketSessionWire['phase'], EpochMs, TradingSession] {
  if (current !== undefined) {
    const closing = current.closesAt - CLOSING_SOON_MS;
    return now < closing ? ['open', closing, current] : ['closing_soon', current.closesAt, current];
  }
  const last = calendar.previousSession(now);
  if (now < last.closesAt + AFTER_HOURS_MS) return ['after_hours', last.closesAt + AFTER_HOURS_MS, last];
  const opening = next.opensAt - PRE_MARKET_MS;
  return now < opening ? ['closed', opening, next] : ['pre_market', next.opensAt, next];
}
