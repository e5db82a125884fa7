import { findSwings, priceAtOrAbove, priceAtOrBelow } from '@bellwether/analysis';
import type { BarSeries } from '@bellwether/domain';
import type { RuleStrategyConfig, StopRule } from './rule-strategy.schema.ts';

export interface RuleLevels {
  /** On the price increment for a limit order; for a market order the price of the decision as it is. */
  readonly entry: number;
  readonly stop: number | null;
  readonly target1: number | null;
  readonly target2: number | null;
}

/** What the stop is measured by; null where it is not warm. */
export interface StopMeasures {
  readonly atr: number | null;
  /** Closed bars of the strategy's timeframe, oldest first. */
  readonly bars: BarSeries;
}

export type LevelsOrHold =
  | { readonly kind: 'levels'; readonly levels: RuleLevels }
  | { readonly kind: 'hold'; readonly code: string; readonly text: string };

/**
 * Returns the levels of an entry at the price of the decision. A limit is rounded away from the market (never worse than decided), stop
 * and targets toward the entry (risk never larger, reward never overstated); R is the distance to the rounded stop.
 */
export function ruleLevels(
  side: 'buy' | 'sell',
  price: number,
  config: RuleStrategyConfig,
  measures: StopMeasures,
): LevelsOrHold {
  const direction = side === 'buy' ? 1 : -1;
  const down = direction === 1 ? priceAtOrBelow : priceAtOrAbove;
  const up = direction === 1 ? priceAtOrAbove : priceAtOrBelow;
  const entry = config.entryOrder === 'limit' ? down(price) : price;
  const raw = stopPrice(entry, direction, config.stop, measures);
  if (typeof raw === 'object' && raw !== null) return { kind: 'hold', ...raw };
  if (raw === null) return { kind: 'levels', levels: { entry, stop: null, target1: null, target2: null } };
  const stop = up(raw);
  const risk = (entry - stop) * direction;
  const [first, second] = config.targets;
  const target = (multiple: number | undefined) =>
    multiple === undefined ? null : down(entry + direction * multiple * risk);
  return { kind: 'levels', levels: { entry, stop, target1: target(first), target2: target(second) } };
}

function stopPrice(
  entry: number,
  direction: 1 | -1,
  stop: StopRule,
  { atr, bars }: StopMeasures,
): number | null | { readonly code: string; readonly text: string } {
  switch (stop.type) {
    case 'none':
      return null;
    case 'percent':
      return entry * (1 - direction * stop.fraction);
    case 'atr':
    case 'swing': {
      if (atr === null)
        return { code: 'not_warm', text: `ATR ${stop.period}, which the stop is measured in, is not warm yet` };
      if (stop.type === 'atr') return entry - direction * stop.atrs * atr;
      const swing = findSwings(bars).findLast(({ side }) => side === -direction);
      if (swing === undefined) {
        return {
          code: 'no_swing',
          text: `no confirmed swing ${direction === 1 ? 'low' : 'high'} to put the stop beyond`,
        };
      }
      return swing.price - direction * stop.atrs * atr;
    }
    default:
      return stop satisfies never;
  }
}
