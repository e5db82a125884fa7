import {
  type BarSeries,
  calendarOf,
  type EpochMs,
  type ExchangeCalendar,
  formatInstant,
  MINUTE_MS,
  marketOf,
  type Refusal,
  type Timeframe,
  timeframeMinutes,
} from '@bellwether/domain';
import { FRAME_BARS_NEEDED } from './facts-sheet.ts';
import { fixed } from './frame-facts.ts';

/** The guards that stand before any analyst, in their order. All that fail are reported. */
export const FACTS_GUARD_CODES = [
  'unknown_symbol',
  'bad_bars',
  'stale_bars',
  'bar_forming',
  'bar_gaps',
  'not_warm',
  'split_unadjusted',
] as const;
export type FactsGuardCode = (typeof FACTS_GUARD_CODES)[number];

export interface FactsGuardRequest {
  readonly symbol: string;
  readonly now: EpochMs;
  readonly frames: readonly { readonly timeframe: Timeframe; readonly bars: BarSeries }[];
}

const STALE_TIMEFRAMES = 3;
const STALE_MINUTES_AT_LEAST = 5;
const GAP_SLOTS = 100;
const GAP_FRACTION = 0.2;
const SPLIT_RATIOS = [1.5, 2, 3, 4, 5, 6, 7, 8, 10, 15, 20, 25, 30, 40, 50, 100];
const SPLIT_TOLERANCE = 0.02;

/** Returns every reason why these bars may not be judged, in the order of the guards; none means go on. */
export function factsGuards(request: FactsGuardRequest): Refusal[] {
  if (request.symbol === '') {
    return [
      refusal('unknown_symbol', null, null, null, 'the lane has no symbol; give the pipeline one, or a stock picker'),
    ];
  }
  const bad = firstOf(request, badBars);
  // Broken numbers make every other question meaningless.
  if (bad !== null) return [bad];
  const calendar = calendarOf(marketOf(request.symbol));
  return [
    firstOf(request, (frame) => staleBars(frame, request.now, calendar)),
    firstOf(request, (frame) => formingBar(frame, request.now)),
    firstOf(request, (frame) => barGaps(frame, calendar)),
    notWarm(request),
    marketOf(request.symbol) === 'US' ? firstOf(request, unadjustedSplit) : null,
  ].filter((found) => found !== null);
}

/** Returns one refusal for several: the first, with the codes of the others named. */
export function mergeRefusals(refusals: readonly Refusal[]): Refusal | null {
  const [first, ...others] = refusals;
  if (first === undefined || others.length === 0) return first ?? null;
  return { ...first, text: `${first.text}; also ${others.map((other) => `${other.rule} (${other.text})`).join(', ')}` };
}

type Frame = FactsGuardRequest['frames'][number];

function firstOf(request: FactsGuardRequest, check: (frame: Frame, now: EpochMs) => Refusal | null): Refusal | null {
  for (const frame of request.frames) {
    const found = check(frame, request.now);
    if (found !== null) return found;
  }
  return null;
}

function badBars({ timeframe, bars }: Frame, now: EpochMs): Refusal | null {
  const { start, end, open, high, low, close, volume } = bars;
  for (let row = 0; row < bars.length; row++) {
    const [from, until] = [start[row] as number, end[row] as number];
    const [o, h, l, c, v] = [
      open[row] as number,
      high[row] as number,
      low[row] as number,
      close[row] as number,
      volume[row] as number,
    ];
    // A comparison with NaN is false, so each is asked in the form that a good bar answers with true.
    const isSound =
      l > 0 &&
      h < Number.POSITIVE_INFINITY &&
      l <= o &&
      l <= c &&
      h >= o &&
      h >= c &&
      v >= 0 &&
      v < Number.POSITIVE_INFINITY;
    const isInOrder = until > from && (row === 0 || from >= (end[row - 1] as number));
    if (isSound && isInOrder && from < now) continue;
    const when = Number.isFinite(from) ? formatInstant(from) : String(from);
    const why = !isSound
      ? `O ${o} H ${h} L ${l} C ${c} V ${v} is no bar`
      : !isInOrder
        ? 'it overlaps the one before'
        : 'it lies in the future';
    return refusal('bad_bars', when, null, null, `the ${timeframe} bar of ${when} cannot be used: ${why}`);
  }
  return null;
}

function staleBars({ timeframe, bars }: Frame, now: EpochMs, calendar: ExchangeCalendar): Refusal | null {
  if (bars.length === 0) return null;
  const newest = bars.end[bars.length - 1] as number;
  if (timeframe === '1d') {
    const last = calendar.previousSession(now);
    if (newest >= last.closesAt) return null;
    return refusal(
      'stale_bars',
      formatInstant(newest),
      formatInstant(last.closesAt),
      null,
      `the newest daily bar closed at ${formatInstant(newest)}, but the session of ${last.date} is over`,
    );
  }
  const allowed = Math.max(STALE_TIMEFRAMES * timeframeMinutes(timeframe), STALE_MINUTES_AT_LEAST);
  const age = openMinutes(calendar, newest, now, allowed + 1);
  if (age <= allowed) return null;
  return refusal(
    'stale_bars',
    age,
    allowed,
    age - allowed,
    `the newest ${timeframe} bar closed more than ${allowed} trading minutes ago, at ${formatInstant(newest)}`,
  );
}

/** Minutes of trading between two instants, counted no further than `enough`. */
function openMinutes(calendar: ExchangeCalendar, from: EpochMs, until: EpochMs, enough: number): number {
  let minutes = 0;
  let at = from;
  while (at < until && minutes < enough) {
    const session = calendar.sessionAt(at) ?? calendar.nextSession(at);
    if (session.opensAt >= until) break;
    minutes += (Math.min(until, session.closesAt) - Math.max(at, session.opensAt)) / MINUTE_MS;
    at = session.closesAt;
  }
  return Math.min(enough, minutes);
}

function formingBar({ timeframe, bars }: Frame, now: EpochMs): Refusal | null {
  const newest = bars.length === 0 ? now : (bars.end[bars.length - 1] as number);
  if (newest <= now) return null;
  return refusal(
    'bar_forming',
    formatInstant(newest),
    formatInstant(now),
    null,
    `the newest ${timeframe} bar closes only at ${formatInstant(newest)}`,
  );
}

/** Of the last 100 places where a bar of the regular session belongs, how many are empty. Sparse minutes are normal. */
function barGaps({ timeframe, bars }: Frame, calendar: ExchangeCalendar): Refusal | null {
  let newer: Slot | null = null;
  let slots = 0;
  let filled = 0;
  for (let row = bars.length - 1; row >= 0 && slots < GAP_SLOTS; row--) {
    const slot = slotOf(bars, row, calendar);
    if (slot === null) continue;
    slots += newer === null ? 1 : slotsBetween(slot, newer, timeframe, calendar);
    if (slots <= GAP_SLOTS) filled++;
    newer = slot;
  }
  const seen = Math.min(slots, GAP_SLOTS);
  const missing = seen === 0 ? 0 : 1 - filled / seen;
  if (missing <= GAP_FRACTION) return null;
  const percent = Math.round(missing * 100);
  return refusal(
    'bar_gaps',
    missing,
    GAP_FRACTION,
    missing - GAP_FRACTION,
    `${percent} % of the last ${seen} ${timeframe} bars are missing, at most ${GAP_FRACTION * 100} % may be`,
  );
}

interface Slot {
  readonly session: number;
  readonly place: number;
  readonly places: number;
}

/** Where in the calendar a bar stands; null for one outside the regular session. */
function slotOf(bars: BarSeries, row: number, calendar: ExchangeCalendar): Slot | null {
  if (bars.timeframe === '1d')
    return { session: calendar.exchangeDay(bars.end[row] as number).ordinal, place: 0, places: 1 };
  const start = bars.start[row] as number;
  const session = calendar.sessionAt(start);
  if (session === undefined) return null;
  const length = timeframeMinutes(bars.timeframe) * MINUTE_MS;
  return {
    session: session.ordinal,
    place: Math.floor((start - session.opensAt) / length),
    places: Math.ceil((session.closesAt - session.opensAt) / length),
  };
}

/** How many places after `older` `newer` stands, counted no further than needed. */
function slotsBetween(older: Slot, newer: Slot, timeframe: Timeframe, calendar: ExchangeCalendar): number {
  if (older.session === newer.session) return Math.max(1, newer.place - older.place);
  let slots = older.places - older.place + newer.place;
  for (let ordinal = older.session + 1; ordinal < newer.session && slots < GAP_SLOTS; ordinal++) {
    const session = calendar.sessionWithOrdinal(ordinal);
    slots +=
      timeframe === '1d'
        ? 1
        : Math.ceil((session.closesAt - session.opensAt) / (timeframeMinutes(timeframe) * MINUTE_MS));
  }
  return slots;
}

function notWarm({ frames }: FactsGuardRequest): Refusal | null {
  const warmest = frames.reduce((most, { bars }) => Math.max(most, bars.length), 0);
  if (warmest < FRAME_BARS_NEEDED) {
    return refusal(
      'not_warm',
      warmest,
      FRAME_BARS_NEEDED,
      FRAME_BARS_NEEDED - warmest,
      `only ${warmest} closed bars in any analysis timeframe, needs ${FRAME_BARS_NEEDED}`,
    );
  }
  if (frames.some(({ bars }) => bars.length >= FRAME_BARS_NEEDED && hasRange(bars))) return null;
  return refusal(
    'not_warm',
    0,
    null,
    null,
    'no analysis timeframe has an average true range, because the price never moved',
  );
}

function hasRange(bars: BarSeries): boolean {
  for (let row = bars.length - 1; row >= 0; row--) {
    if ((bars.high[row] as number) > (bars.low[row] as number)) return true;
    if (row > 0 && bars.close[row] !== bars.close[row - 1]) return true;
  }
  return false;
}

/** A jump from close to open that fits a split: shares were divided and the earlier bars were not. */
function unadjustedSplit({ timeframe, bars }: Frame): Refusal | null {
  for (let row = 1; row < bars.length; row++) {
    const ratio = (bars.close[row - 1] as number) / (bars.open[row] as number);
    if (ratio > 0.69 && ratio < 1.45) continue;
    if (timeframe !== '1d' && bars.start[row] === bars.end[row - 1]) continue;
    const size = ratio > 1 ? ratio : 1 / ratio;
    const before = bars.close[row - 1] as number;
    const split = splitNear(size, before / (bars.high[row] as number), before / (bars.low[row] as number), ratio < 1);
    if (split === undefined) continue;
    const when = formatInstant(bars.start[row] as number);
    const terms = ratio > 1 ? `${split}:1` : `1:${split}`;
    return refusal(
      'split_unadjusted',
      Number(fixed(size, 3)),
      split,
      null,
      `the ${timeframe} price jumps by ${fixed(size, 2)} at ${when}, which fits a ${terms} split that is not applied; supply its factors`,
    );
  }
  return null;
}

/**
 * The usual ratio that the jump fits within 2 %. A split day opens with a gap of its own as well, so from 2:1 on it is
 * enough that the price touched the ratio during the bar; 3:2 is a size that bad news reaches too, and must be met at the open.
 */
function splitNear(size: number, atHigh: number, atLow: number, isReverse: boolean): number | undefined {
  const [least, most] = isReverse ? [1 / atLow, 1 / atHigh] : [atHigh, atLow];
  return SPLIT_RATIOS.find((usual) =>
    usual < 2
      ? Math.abs(size / usual - 1) <= SPLIT_TOLERANCE
      : least <= usual * (1 + SPLIT_TOLERANCE) && most >= usual * (1 - SPLIT_TOLERANCE),
  );
}

function refusal(
  rule: FactsGuardCode,
  value: string | number | null,
  threshold: string | number | null,
  distance: number | null,
  text: string,
): Refusal {
  return { rule, value, threshold, distance, text };
}
