import { BellwetherError, type SizeLimits } from '@bellwether/domain';
import type { AccountCaps } from '../agent/agent-context.ts';

/** Limits of a broker account (trading-rules §8, §9). Null is no limit, 0 allows nothing. Money in USD, fractions of equity. */
export interface AccountLimits {
  readonly minPrice: number | null;
  /** Two price increments are always kept as well. */
  readonly minStopDistanceFraction: number | null;
  readonly maxStopDistanceFraction: number | null;
  readonly maxQuoteAgeMs: number | null;
  readonly maxSignalAgeMs: number | null;
  readonly maxPriceAgeMs: number | null;
  readonly maxEntryDriftR: number | null;
  readonly collarFraction: number | null;
  readonly maxSpreadFraction: number | null;
  readonly duplicateSignalMs: number | null;
  readonly entriesPerPipelineHour: number | null;
  readonly ordersPerMinute: number | null;
  readonly ordersPerDay: number | null;
  readonly maxOpenPositions: number | null;
  readonly maxSymbolExposureFraction: number | null;
  readonly grossExposureFraction: number | null;
  readonly openRiskFraction: number | null;
  readonly orderNotional: number | null;
  readonly averageVolumeFraction: number | null;
  readonly maxDailyLossFraction: number | null;
  readonly maxDrawdownFraction: number | null;
  readonly onDailyLoss: 'reduce' | 'flatten';
  /** In five exchange days, today included. */
  readonly maxDayTrades: number | null;
  /** USD per share that a stop may slip, added to the risk that sizes. */
  readonly slippageAllowance: number;
  readonly symbolSharing: 'exclusive' | 'shared';
}

/** The defaults of a paper account. */
export const PAPER_LIMITS: AccountLimits = {
  minPrice: 1,
  minStopDistanceFraction: 0.0005,
  maxStopDistanceFraction: 0.2,
  maxQuoteAgeMs: 5_000,
  maxSignalAgeMs: 120_000,
  maxPriceAgeMs: 15_000,
  maxEntryDriftR: 0.25,
  collarFraction: 0.02,
  maxSpreadFraction: 0.01,
  duplicateSignalMs: 60_000,
  entriesPerPipelineHour: 5,
  ordersPerMinute: 10,
  ordersPerDay: 200,
  maxOpenPositions: 10,
  maxSymbolExposureFraction: 0.2,
  grossExposureFraction: 1,
  openRiskFraction: 0.06,
  orderNotional: null,
  averageVolumeFraction: 0.01,
  maxDailyLossFraction: 0.03,
  maxDrawdownFraction: 0.1,
  onDailyLoss: 'reduce',
  maxDayTrades: null,
  slippageAllowance: 0,
  symbolSharing: 'exclusive',
};

export const LIVE_LIMITS: AccountLimits = { ...PAPER_LIMITS, orderNotional: 25_000 };

/** What a simulated account has of its own: nothing, so that a backtest measures the pipeline. */
export const UNLIMITED: AccountLimits = {
  minPrice: null,
  minStopDistanceFraction: null,
  maxStopDistanceFraction: null,
  maxQuoteAgeMs: null,
  maxSignalAgeMs: null,
  maxPriceAgeMs: null,
  maxEntryDriftR: null,
  collarFraction: null,
  maxSpreadFraction: null,
  duplicateSignalMs: null,
  entriesPerPipelineHour: null,
  ordersPerMinute: null,
  ordersPerDay: null,
  maxOpenPositions: null,
  maxSymbolExposureFraction: null,
  grossExposureFraction: null,
  openRiskFraction: null,
  orderNotional: null,
  averageVolumeFraction: null,
  maxDailyLossFraction: null,
  maxDrawdownFraction: null,
  onDailyLoss: 'reduce',
  maxDayTrades: null,
  slippageAllowance: 0,
  symbolSharing: 'exclusive',
};

type Field = keyof AccountLimits;

const DAY_SECONDS = 86_400;

/** How a field is written and what it may hold. `stricter`: which way a change forbids more. */
type FieldRule = { readonly wire: string; readonly stricter: 'lower' | 'higher' } & (
  | {
      readonly kind: 'number' | 'whole';
      readonly least: number;
      readonly most: number;
      readonly nullable: boolean;
      /** Ours are milliseconds where the wire has seconds. */
      readonly factor: number;
    }
  /** Strictest first. */
  | { readonly kind: 'choice'; readonly choices: readonly string[] }
);

type Range = Extract<FieldRule, { readonly kind: 'number' | 'whole' }>;
const atMost = (wire: string, most: number, more: Partial<Range> = {}): FieldRule => ({
  wire,
  stricter: 'lower',
  kind: 'number',
  least: 0,
  most,
  nullable: true,
  factor: 1,
  ...more,
});
const atLeast = (wire: string, most: number): FieldRule => atMost(wire, most, { stricter: 'higher' });
const seconds = (wire: string): FieldRule => atMost(wire, DAY_SECONDS, { factor: 1000 });
const counted = (wire: string, most: number): FieldRule => atMost(wire, most, { kind: 'whole' });
const choice = (wire: string, ...choices: readonly string[]): FieldRule => ({
  wire,
  stricter: 'lower',
  kind: 'choice',
  choices,
});

const FIELDS: Readonly<Record<Field, FieldRule>> = {
  minPrice: atLeast('min_price', 100_000),
  minStopDistanceFraction: atLeast('min_stop_distance_fraction', 1),
  maxStopDistanceFraction: atMost('max_stop_distance_fraction', 1),
  maxQuoteAgeMs: seconds('max_quote_age_seconds'),
  maxSignalAgeMs: seconds('max_signal_age_seconds'),
  maxPriceAgeMs: seconds('max_price_age_seconds'),
  maxEntryDriftR: atMost('max_entry_drift_r', 100),
  collarFraction: atMost('collar_fraction', 1),
  maxSpreadFraction: atMost('max_spread_fraction', 1),
  duplicateSignalMs: atMost('duplicate_signal_seconds', DAY_SECONDS, { factor: 1000, stricter: 'higher' }),
  entriesPerPipelineHour: counted('entries_per_pipeline_hour', 10_000),
  ordersPerMinute: counted('orders_per_minute', 10_000),
  ordersPerDay: counted('orders_per_day', 1_000_000),
  maxOpenPositions: counted('max_open_positions', 10_000),
  maxSymbolExposureFraction: atMost('max_symbol_exposure_fraction', 4),
  grossExposureFraction: atMost('gross_exposure_fraction', 4),
  openRiskFraction: atMost('open_risk_fraction', 1),
  orderNotional: atMost('order_notional', 1_000_000_000),
  averageVolumeFraction: atMost('average_volume_fraction', 1),
  maxDailyLossFraction: atMost('max_daily_loss_fraction', 1),
  maxDrawdownFraction: atMost('max_drawdown_fraction', 1),
  onDailyLoss: choice('on_daily_loss', 'flatten', 'reduce'),
  maxDayTrades: counted('max_day_trades', 10_000),
  slippageAllowance: atMost('slippage_allowance', 1_000, { nullable: false, stricter: 'higher' }),
  symbolSharing: choice('symbol_sharing', 'exclusive', 'shared'),
};
const NAMES = Object.keys(FIELDS) as Field[];

/**
 * Reads limits as they are kept and as the API takes them; what is left out is as in `defaults`.
 * Throws `safety/bad-limit` (invalid), naming the field and what it may hold.
 */
export function readLimits(document: unknown, defaults: AccountLimits): AccountLimits {
  if (typeof document !== 'object' || document === null || Array.isArray(document))
    throw badLimit('limits', 'an object of limits by their names', document);
  const byWire = new Map(NAMES.map((name) => [FIELDS[name].wire, name]));
  const read: Partial<Record<Field, unknown>> = {};
  for (const [wire, value] of Object.entries(document)) {
    const name = byWire.get(wire);
    if (name === undefined) throw badLimit(wire, `one of ${[...byWire.keys()].join(', ')}`, wire);
    read[name] = readField(FIELDS[name], value);
  }
  return { ...defaults, ...(read as Partial<AccountLimits>) };
}

function readField(rule: FieldRule, value: unknown): number | string | null {
  if (rule.kind === 'choice') {
    if (typeof value === 'string' && rule.choices.includes(value)) return value;
    throw badLimit(rule.wire, rule.choices.join(' or '), value);
  }
  if (value === null && rule.nullable) return null;
  const isNumber = typeof value === 'number' && Number.isFinite(value) && value >= rule.least && value <= rule.most;
  if (isNumber && (rule.kind === 'number' || Number.isInteger(value)))
    return rule.factor === 1 ? value : Math.round(value * rule.factor);
  const what = rule.kind === 'whole' ? 'a whole number' : 'a number';
  throw badLimit(
    rule.wire,
    `${what} from ${rule.least} to ${rule.most}${rule.nullable ? ', or null for no limit' : ''}`,
    value,
  );
}

function badLimit(field: string, expected: string, value: unknown): BellwetherError {
  const was = value === undefined ? 'nothing' : JSON.stringify(value);
  return new BellwetherError('invalid', 'safety/bad-limit', `${field}: expected ${expected}, was ${was}`, { field });
}

/** Writes every limit under its name on the wire. `readLimits` of it gives the same limits back. */
export function limitsToWire(limits: AccountLimits): Readonly<Record<string, number | string | null>> {
  return Object.fromEntries(
    NAMES.map((name) => {
      const rule = FIELDS[name];
      const value = limits[name];
      return [rule.wire, typeof value === 'number' && rule.kind !== 'choice' ? value / rule.factor : value];
    }),
  );
}

/** Returns the caps that size an entry, as a decision is shown them. `averageVolumeShares`: over 20 days; null where nobody knows. */
export function capsOf(limits: AccountLimits, averageVolumeShares: number | null): AccountCaps {
  const { averageVolumeFraction } = limits;
  return {
    maxSymbolExposureFraction: limits.maxSymbolExposureFraction,
    grossExposureFraction: limits.grossExposureFraction,
    openRiskFraction: limits.openRiskFraction,
    orderNotional: limits.orderNotional,
    averageVolumeShares:
      averageVolumeFraction === null || averageVolumeShares === null
        ? null
        : averageVolumeFraction * averageVolumeShares,
    maxOpenPositions: limits.maxOpenPositions,
  };
}

/** Returns a pipeline's limits under those of its account, the stricter of each. */
export function strictestLimits(own: SizeLimits, caps: AccountCaps): SizeLimits {
  return {
    ...own,
    maxSymbolExposureFraction: lesser(own.maxSymbolExposureFraction, caps.maxSymbolExposureFraction),
    grossExposureFraction: lesser(own.grossExposureFraction, caps.grossExposureFraction),
    openRiskFraction: lesser(own.openRiskFraction, caps.openRiskFraction),
    orderNotional: lesser(own.orderNotional, caps.orderNotional),
    averageVolumeShares: lesser(own.averageVolumeShares, caps.averageVolumeShares),
    maxOpenPositions: lesser(own.maxOpenPositions, caps.maxOpenPositions),
  };
}

/** Returns the stricter of two limits; null is none. */
export function lesser(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other;
  return Math.min(one, other);
}

/** Returns per field whether the new limits forbid more there than the old ones: such a change acts at once. */
export function isLowered(old: AccountLimits, next: AccountLimits): Readonly<Record<Field, boolean>> {
  const lowered = NAMES.map((name) => [name, forbidsMore(FIELDS[name], old[name], next[name])] as const);
  return Object.fromEntries(lowered) as Record<Field, boolean>;
}

function forbidsMore(rule: FieldRule, old: AccountLimits[Field], next: AccountLimits[Field]): boolean {
  if (rule.kind === 'choice') return rule.choices.indexOf(String(next)) < rule.choices.indexOf(String(old));
  if (next === null || next === old) return false;
  if (old === null) return true;
  return rule.stricter === 'lower' ? next < old : next > old;
}
