/** Instants as the exchange's wall clock shows them. The zone is always named. */

const ZONE = 'America/New_York';
const ZONE_WORD = 'ET';

const clock = new Intl.DateTimeFormat('en-US', {
  timeZone: ZONE,
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});
const day = new Intl.DateTimeFormat('en-US', { timeZone: ZONE, month: 'short', day: 'numeric', year: 'numeric' });
const weekday = new Intl.DateTimeFormat('en-US', { timeZone: ZONE, weekday: 'short' });
const parts = new Intl.DateTimeFormat('en-US', {
  timeZone: ZONE,
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});

export interface WallClock {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

/** The exchange's wall clock at an instant. */
export function exchangeWallClock(at: Date): WallClock {
  const found: Record<string, number> = {};
  for (const part of parts.formatToParts(at)) if (part.type !== 'literal') found[part.type] = Number(part.value);
  return {
    year: found['year'] ?? 0,
    month: found['month'] ?? 0,
    day: found['day'] ?? 0,
    hour: found['hour'] ?? 0,
    minute: found['minute'] ?? 0,
    second: found['second'] ?? 0,
  };
}

/** "09:35:00 ET". */
export function formatClock(instant: string | number | Date): string {
  return `${clock.format(new Date(instant))} ${ZONE_WORD}`;
}

/** "09:35 ET". */
export function formatClockMinutes(instant: string | number | Date): string {
  return `${clock.format(new Date(instant)).slice(0, 5)} ${ZONE_WORD}`;
}

const SESSION_DATE = /^\d{4}-\d{2}-\d{2}$/;

/** "Oct 4, 2013"; a bare date is the session of that date, not its midnight in UTC. */
export function formatDay(instant: string | number | Date): string {
  const isDate = typeof instant === 'string' && SESSION_DATE.test(instant);
  return day.format(new Date(isDate ? `${instant}T12:00:00Z` : instant));
}

/** "Oct 4, 2013, 09:35:00 ET". */
export function formatDayClock(instant: string | number | Date): string {
  return `${formatDay(instant)}, ${formatClock(instant)}`;
}

/** Every "2026-03-02 17:50 UTC" of a text as the exchange's clock shows it: "Mar 2, 2026, 12:50 ET". */
export function inExchangeTime(text: string): string {
  return text.replace(/\b(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}) UTC\b/g, (_, date: string, time: string) => {
    const at = `${date}T${time}:00Z`;
    return `${formatDay(at)}, ${formatClockMinutes(at)}`;
  });
}

/** "Mon 09:30 ET". */
export function formatWeekdayClock(instant: string | number | Date): string {
  const date = new Date(instant);
  return `${weekday.format(date)} ${formatClockMinutes(date)}`;
}
