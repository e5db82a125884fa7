/** Where the prices of a position stand on one scale from its stop to its last target. A picture: the numbers beside it are exact. */

import { formatPrice } from '../format.ts';

export interface LadderPrices {
  readonly side: 'long' | 'short';
  readonly entry: string | null;
  readonly stop: string | null;
  /** The stop of the start, which says what one R is. */
  readonly initialStop: string | null;
  readonly target1: string | null;
  readonly target2: string | null;
  readonly last: string | null;
}

export type TickKind = 'stop' | 'entry' | 'target_1' | 'target_2';

export interface LadderTick {
  readonly kind: TickKind;
  /** "S", "E", "T1", "T2". */
  readonly mark: string;
  readonly word: string;
  readonly price: string;
  /** Percent of the width, from the side of the stop. */
  readonly at: number;
}

export interface LadderScale {
  readonly ticks: readonly LadderTick[];
  /** Percent of the width; null without a price or without a scale. */
  readonly priceAt: number | null;
  /** The price lies outside the scale, which ends at its edge. */
  readonly beyond: 'below' | 'above' | null;
  /** From stop to entry, and from entry to the last target, in percent of the width. */
  readonly risk: { readonly from: number; readonly to: number } | null;
  readonly reward: { readonly from: number; readonly to: number } | null;
  readonly isNearStop: boolean;
  /** The stop has been moved to the entry or past it. */
  readonly isBreakEven: boolean;
  /** The same in words: "58% of the way to target 1; stop 1.4% away". */
  readonly text: string;
}

const NEAR_STOP = 0.25;
const MARKS = {
  stop: { mark: 'S', word: 'Stop' },
  entry: { mark: 'E', word: 'Entry' },
  target_1: { mark: 'T1', word: 'Target 1' },
  target_2: { mark: 'T2', word: 'Target 2' },
} as const;

/** Lays the prices out so that the stop is on the left and profit on the right, for shorts too. */
export function ladderScale(prices: LadderPrices): LadderScale {
  const direction = prices.side === 'long' ? 1 : -1;
  const number = (text: string | null) => (text === null ? null : Number(text) * direction);
  const entry = number(prices.entry);
  const stop = number(prices.stop);
  const initialStop = number(prices.initialStop) ?? stop;
  const target1 = number(prices.target1);
  const target2 = number(prices.target2);
  const last = number(prices.last);

  const known = [entry, stop, initialStop, target1, target2].filter((each) => each !== null);
  const low = Math.min(...known);
  // Without a target the scale reaches as far as the stop lies on the other side, or as far as the price went.
  const mirrored = entry !== null && initialStop !== null ? entry + Math.abs(entry - initialStop) : null;
  const high = Math.max(
    ...known,
    ...(target1 === null && target2 === null ? [mirrored, last].filter((e) => e !== null) : []),
  );
  const hasScale = known.length > 1 && high > low;
  const at = (value: number) => Math.min(100, Math.max(0, ((value - low) / (high - low)) * 100));

  const ticks: LadderTick[] = [];
  const add = (kind: TickKind, value: number | null, price: string | null) => {
    if (value !== null && price !== null && hasScale) ticks.push({ kind, ...MARKS[kind], price, at: at(value) });
  };
  add('stop', stop, prices.stop);
  add('entry', entry, prices.entry);
  add('target_1', target1, prices.target1);
  add('target_2', target2, prices.target2);

  const top = Math.max(...[target1, target2].filter((each) => each !== null));
  return {
    ticks,
    priceAt: last === null || !hasScale ? null : at(last),
    beyond: last === null || !hasScale ? null : last < low ? 'below' : last > high ? 'above' : null,
    risk: hasScale && stop !== null && entry !== null && stop < entry ? { from: at(stop), to: at(entry) } : null,
    reward: hasScale && entry !== null && Number.isFinite(top) && top > entry ? { from: at(entry), to: at(top) } : null,
    isNearStop: isNearStop(entry, initialStop, stop, last),
    isBreakEven: entry !== null && stop !== null && stop >= entry,
    text: words(prices, { entry, stop, target1, target2, last }),
  };
}

function isNearStop(entry: number | null, initialStop: number | null, stop: number | null, last: number | null) {
  if (stop === null || last === null) return false;
  if (last <= stop) return true;
  if (entry === null || initialStop === null || entry <= initialStop) return false;
  return last - stop <= NEAR_STOP * (entry - initialStop);
}

interface Signed {
  readonly entry: number | null;
  readonly stop: number | null;
  readonly target1: number | null;
  readonly target2: number | null;
  readonly last: number | null;
}

function words(prices: LadderPrices, { entry, stop, target1, target2, last }: Signed): string {
  if (last === null)
    return prices.stop === null ? 'No price yet; no stop' : `No price yet; stop at ${formatPrice(prices.stop)}`;
  const parts = [wayWords(entry, target1, target2, last)];
  if (stop === null) parts.push('no stop');
  else if (last <= stop) parts.push('price has passed the stop');
  else parts.push(`stop ${(((last - stop) / Math.abs(last)) * 100).toFixed(1)}% away`);
  return parts.filter((each) => each !== '').join('; ');
}

function wayWords(entry: number | null, target1: number | null, target2: number | null, last: number): string {
  if (entry === null) return 'Not filled yet';
  const [goal, name] =
    target1 !== null && last < target1
      ? [target1, 'target 1']
      : [target2 ?? target1, target2 === null ? 'target 1' : 'target 2'];
  if (goal === null) return 'No target';
  if (last >= goal) return `Past ${name}`;
  if (goal <= entry) return '';
  const way = Math.round(((last - entry) / (goal - entry)) * 100);
  return way < 0 ? 'Behind the entry' : `${way}% of the way to ${name}`;
}
