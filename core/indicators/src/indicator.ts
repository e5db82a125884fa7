import type { BarSeries } from '@bellwether/domain';
import type { PriceSource } from './price-source.ts';
import { Restorable } from './restorable.ts';

/** One parameter of an indicator; bounds are inclusive. */
export interface ParameterDefinition {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly default: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly integer: boolean;
}

/** What the catalogue knows of an indicator. */
export interface IndicatorDefinition {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly params: readonly ParameterDefinition[];
  readonly outputs: readonly string[];
  readonly defaultOutput: string;
  /** The default input of an indicator of one input, or null when the inputs are fixed by its definition. */
  readonly source: PriceSource | null;
  /** Says what is wrong with parameters that are each within bounds, or nothing. */
  readonly conflict?: (params: IndicatorParams) => string | undefined;
  readonly create: (spec: IndicatorSpec) => Indicator;
}

export type IndicatorParams = Readonly<Record<string, number>>;

/** A fully resolved choice of indicator: every parameter present, in the catalogue's order. */
export interface IndicatorSpec {
  readonly indicator: string;
  readonly params: IndicatorParams;
  readonly source: PriceSource | null;
}

/**
 * An incremental indicator: fed one closed bar after another, it keeps its latest outputs in `values`.
 *
 * Invariants: 1. `values` is one array for life, aligned to `outputs`, overwritten by `update`; a slot is NaN while
 * that output is not warm. 2. `update` allocates nothing. 3. Streaming, batch and restored instances agree bit for bit.
 */
export abstract class Indicator extends Restorable {
  readonly spec: IndicatorSpec;
  readonly outputs: readonly string[];
  readonly values: Float64Array;
  /** Bars needed until every output is warm: output of bar number `warmup` (from 1) is the first complete one. */
  readonly warmup: number;

  constructor(spec: IndicatorSpec, outputs: readonly string[], warmup: number) {
    super();
    this.spec = spec;
    this.outputs = outputs;
    this.warmup = warmup;
    this.values = new Float64Array(outputs.length).fill(Number.NaN);
  }

  /**
   * Takes the next closed bar: row `row` of the columns, which need not be the same object as before. `session` is a
   * number that changes with every session (daily bars: the row), `minutesSinceOpen` whole minutes from the session's
   * open to the bar's start (daily bars: 0); only VWAP and RVOL look at them.
   */
  abstract update(bars: BarSeries, row: number, session: number, minutesSinceOpen: number): void;
}

/** Returns the parameter; the catalogue has filled in every default, so a missing one is a mistake in the definition. */
export function parameter(spec: IndicatorSpec, name: string): number {
  const value = spec.params[name];
  if (value === undefined) throw new RangeError(`expected parameter "${name}" of ${spec.indicator}, was absent`);
  return value;
}

/** The longest window that may be asked for: it bounds memory, and no history shown to agents is longer. */
export const LONGEST_PERIOD = 10_000;

export function periodParameter(defaultValue: number, minimum = 1, name = 'period'): ParameterDefinition {
  return {
    name,
    title: name === 'period' ? 'Period' : `${name.charAt(0).toUpperCase()}${name.slice(1).replaceAll('_', ' ')} period`,
    description: 'Length in bars.',
    default: defaultValue,
    minimum,
    maximum: LONGEST_PERIOD,
    integer: true,
  };
}

export function factorParameter(
  name: string,
  title: string,
  description: string,
  defaultValue: number,
): ParameterDefinition {
  return { name, title, description, default: defaultValue, minimum: 0.01, maximum: 100, integer: false };
}
