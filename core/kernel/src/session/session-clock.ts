import { type EpochDay, type EpochMs, type ExchangeCalendar, type IsoDate, localDayOf } from '@bellwether/domain';
import type { ScheduleConfig } from '@bellwether/pipeline';
import {
  hasWindow,
  isActiveDay,
  nextWindow,
  scheduleCalendar,
  type TradingWindow,
  windowAt,
} from '../schedule/window.ts';
import { zoneClock } from '../schedule/zone-clock.ts';

/** What the passing of time alone brings, in the order in which it acts when several fall on one instant. */
export type Turn = 'exchange_day' | 'flatten' | 'window_ended' | 'window_started';

/**
 * Where time stands in a pipeline's exchange days and windows, and when that next changes.
 *
 * Invariants: every turn is told once, at its instant or at the first later one that is asked for; an exchange day begins right after the close
 * before it; a window's flatten is told once, also when the window has ended meanwhile.
 */
export class SessionClock {
  readonly #schedule: ScheduleConfig | null;
  readonly #calendar: ExchangeCalendar;
  #isPlaced = false;
  #turnsAt: EpochMs = Number.NEGATIVE_INFINITY;
  #day: EpochDay = 0;
  #dayEndsAt: EpochMs = Number.NEGATIVE_INFINITY;
  #window: TradingWindow | null = null;
  #windowTurnsAt: EpochMs = Number.POSITIVE_INFINITY;
  #flattensAt: EpochMs = Number.POSITIVE_INFINITY;
  #flattenedOn: IsoDate | null = null;

  /** `calendar` counts the exchange days of a pipeline without a schedule. */
  constructor(schedule: ScheduleConfig | null, calendar: ExchangeCalendar) {
    this.#schedule = schedule;
    this.#calendar = schedule === null ? calendar : scheduleCalendar(schedule);
  }

  /** The next instant at which something turns; in the past before the first was asked for. */
  get turnsAt(): EpochMs {
    return this.#turnsAt;
  }
  /** The next turn that matters to a pipeline that holds nothing: its windows, and the exchange day where one is waited for. */
  nextTurn(awaitsDay: boolean): EpochMs {
    return awaitsDay ? Math.min(this.#windowTurnsAt, this.#dayEndsAt + 1) : this.#windowTurnsAt;
  }
  /** The exchange day that has begun. */
  get day(): EpochDay {
    return this.#day;
  }
  /** When positions are to be closed; infinite when they are not, or no longer. */
  get flattensAt(): EpochMs {
    return this.#flattensAt;
  }
  /** Date of the window that was flattened last. */
  get flattenedOn(): IsoDate | null {
    return this.#flattenedOn;
  }
  /** Whether the present window has been flattened: nothing may be opened in what is left of it. */
  get isFlattening(): boolean {
    return this.#window !== null && this.#window.date === this.#flattenedOn;
  }

  exchangeDayOf(at: EpochMs): EpochDay {
    return this.#calendar.exchangeDay(at).day;
  }

  /** Finds the window that holds the instant, and says nothing of it: whoever starts there knows where he is. */
  place(at: EpochMs): void {
    this.#isPlaced = true;
    this.#enterWindow(at);
    this.#lookAhead();
  }

  /** Goes on from a saved place. `dayHasBegun`: the exchange day of `at` has been told. */
  restore(at: EpochMs, flattenedOn: IsoDate | null, dayHasBegun: boolean): void {
    this.#flattenedOn = flattenedOn;
    this.place(at);
    if (dayHasBegun) this.#enterDay(at);
    this.#lookAhead();
  }

  /** Returns what has turned by `at`, in order. */
  turn(at: EpochMs): readonly Turn[] {
    if (!this.#isPlaced) this.place(at);
    const turns = this.#turnsBy(at);
    this.#lookAhead();
    return turns;
  }

  #turnsBy(at: EpochMs): Turn[] {
    const turns: Turn[] = [];
    if (at > this.#dayEndsAt) {
      this.#enterDay(at);
      turns.push('exchange_day');
    }
    if (at >= this.#flattensAt && this.flatten()) turns.push('flatten');
    if (at < this.#windowTurnsAt) return turns;
    const before = this.#window;
    this.#enterWindow(at);
    if (this.#schedule === null) return turns;
    if (!hasWindow(this.#schedule)) {
      if (isActiveDay(this.#schedule, this.#localDay(at))) turns.push('window_started');
    } else if (before?.date !== this.#window?.date) {
      if (before !== null) turns.push('window_ended');
      if (this.#window !== null) turns.push('window_started');
    }
    return turns;
  }

  /** The window's positions are closed now. Returns false when they already were. */
  flatten(): boolean {
    this.#flattensAt = Number.POSITIVE_INFINITY;
    this.#lookAhead();
    if (this.#window === null || this.#window.date === this.#flattenedOn) return false;
    this.#flattenedOn = this.#window.date;
    return true;
  }

  #lookAhead(): void {
    this.#turnsAt = Math.min(this.#dayEndsAt + 1, this.#windowTurnsAt, this.#flattensAt);
  }

  #enterDay(at: EpochMs): void {
    const session = this.#calendar.exchangeDay(at);
    this.#day = session.day;
    this.#dayEndsAt = session.closesAt;
  }

  #enterWindow(at: EpochMs): void {
    const schedule = this.#schedule;
    if (schedule === null) return;
    // Without start and end it is the session, of which only the flatten is used.
    this.#window = windowAt(schedule, at) ?? null;
    this.#windowTurnsAt = this.#window?.endsAt ?? nextWindow(schedule, at)?.startsAt ?? Number.POSITIVE_INFINITY;
    // Every midnight may begin an active day.
    if (!hasWindow(schedule))
      this.#windowTurnsAt = Math.min(
        this.#windowTurnsAt,
        zoneClock(schedule.timezone).instantOf(this.#localDay(at) + 1, 0),
      );
    this.#flattensAt =
      this.#window !== null && schedule.flattenPositionsAtEnd && this.#window.date !== this.#flattenedOn
        ? this.#window.flattenAt
        : Number.POSITIVE_INFINITY;
  }

  #localDay(at: EpochMs): EpochDay {
    return localDayOf(zoneClock(this.#schedule?.timezone ?? this.#calendar.timezone), at);
  }
}
