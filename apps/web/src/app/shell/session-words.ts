import type { MarketSession } from '../api/wire.ts';
import { formatClockMinutes, formatWeekdayClock } from '../design/exchange-time.ts';
import { formatDuration } from '../design/format.ts';

/** The state of the exchange in words: "open, closes in 5 h 17 m". `now` is the server's time. */
export function sessionWords(session: MarketSession, now: number): string {
  const left = (instant: string) => formatDuration(Date.parse(instant) - now);
  const early =
    session.half_day && session.next_close !== null ? ` (closes ${formatClockMinutes(session.next_close)} today)` : '';
  switch (session.phase) {
    case 'pre_market':
      return session.next_open === null ? 'pre-market' : `pre-market, opens in ${left(session.next_open)}${early}`;
    case 'open':
      return session.next_close === null ? 'open' : `open, closes in ${left(session.next_close)}${early}`;
    case 'closing_soon':
      return session.next_close === null ? 'closing soon' : `closing in ${left(session.next_close)}`;
    case 'after_hours':
      return `after hours${opens(session)}`;
    case 'closed':
      return `closed${opens(session)}`;
  }
}

function opens(session: MarketSession): string {
  return session.next_open === null ? '' : `, opens ${formatWeekdayClock(session.next_open)}`;
}
