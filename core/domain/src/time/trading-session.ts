import type { EpochDay, IsoDate } from './civil-date.ts';
import type { EpochMs } from './epoch-ms.ts';

/** One regular trading session of a market; open on [opensAt, closesAt). */
export interface TradingSession {
  /** Such as `XNYS:2026-11-27`. */
  readonly sessionId: string;
  /** Local date at the exchange. */
  readonly date: IsoDate;
  readonly day: EpochDay;
  readonly opensAt: EpochMs;
  readonly closesAt: EpochMs;
  readonly earlyClose: boolean;
  /** Why the session ends early. */
  readonly earlyCloseReason?: string;
  /** Consecutive sessions of a calendar have consecutive ordinals; the zero is arbitrary. */
  readonly ordinal: number;
}

/** A weekday on which the market does not trade. */
export interface Closure {
  readonly date: IsoDate;
  readonly reason: string;
}
