import { type EpochMs, type LocalClock, localDayOf, MINUTE_MS, weekdayOf } from '@bellwether/domain';
import { type ClosedTrade, type TradeStatistics, tradeStatistics } from './trade-statistics.ts';

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** The parts of a session, half-open, in minutes of the exchange's day. */
const PARTS = [
  { name: '9:30-11:00', from: 570, until: 660 },
  { name: '11:00-13:00', from: 660, until: 780 },
  { name: '13:00-15:00', from: 780, until: 900 },
  { name: '15:00-16:00', from: 900, until: 960 },
] as const;
export type SessionPart = (typeof PARTS)[number]['name'] | 'other';

/** Returns the weekday of an instant on the exchange's clock. */
export function weekdayBucket(clock: LocalClock, at: EpochMs): Weekday {
  return WEEKDAYS[weekdayOf(localDayOf(clock, at))] as Weekday;
}

/** Returns the part of the session that holds an instant on the exchange's clock; `other` outside of all. */
export function sessionPartBucket(clock: LocalClock, at: EpochMs): SessionPart {
  const minuteOfDay = ((((at + clock.offsetAt(at)) / MINUTE_MS) % 1440) + 1440) % 1440;
  return PARTS.find((part) => minuteOfDay >= part.from && minuteOfDay < part.until)?.name ?? 'other';
}

export interface TradeBucket<Name extends string> {
  readonly name: Name;
  readonly statistics: TradeStatistics;
}

/** Returns the trades by the weekday of their entry: Monday to Friday always, Saturday and Sunday when traded. */
export function byWeekday(trades: readonly ClosedTrade[], clock: LocalClock): readonly TradeBucket<Weekday>[] {
  const groups = Map.groupBy(trades, (trade) => weekdayBucket(clock, trade.entryAt));
  const shown = WEEKDAYS.filter((name, i) => i < 5 || groups.has(name));
  return shown.map((name) => ({ name, statistics: tradeStatistics(groups.get(name) ?? []) }));
}

/** Returns the trades by the part of the session of their entry, `other` last; every trade falls in exactly one. */
export function bySessionPart(trades: readonly ClosedTrade[], clock: LocalClock): readonly TradeBucket<SessionPart>[] {
  const groups = Map.groupBy(trades, (trade) => sessionPartBucket(clock, trade.entryAt));
  const order: readonly SessionPart[] = [...PARTS.map((part) => part.name), 'other'];
  return order.map((name) => ({ name, statistics: tradeStatistics(groups.get(name) ?? []) }));
}
