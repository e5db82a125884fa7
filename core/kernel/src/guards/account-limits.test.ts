import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BellwetherError } from '@bellwether/domain';
import {
  type AccountLimits,
  isLowered,
  LIVE_LIMITS,
  limitsToWire,
  PAPER_LIMITS,
  readLimits,
  UNLIMITED,
} from './account-limits.ts';

test('the defaults are those of the document, and only live has one for an order’s worth', () => {
  assert.deepEqual(limitsToWire(PAPER_LIMITS), {
    min_price: 1,
    min_stop_distance_fraction: 0.0005,
    max_stop_distance_fraction: 0.2,
    max_quote_age_seconds: 5,
    max_signal_age_seconds: 120,
    max_price_age_seconds: 15,
    max_entry_drift_r: 0.25,
    collar_fraction: 0.02,
    max_spread_fraction: 0.01,
    duplicate_signal_seconds: 60,
    entries_per_pipeline_hour: 5,
    orders_per_minute: 10,
    orders_per_day: 200,
    max_open_positions: 10,
    max_symbol_exposure_fraction: 0.2,
    gross_exposure_fraction: 1,
    open_risk_fraction: 0.06,
    order_notional: null,
    average_volume_fraction: 0.01,
    max_daily_loss_fraction: 0.03,
    max_drawdown_fraction: 0.1,
    on_daily_loss: 'reduce',
    max_day_trades: null,
    slippage_allowance: 0,
    symbol_sharing: 'exclusive',
  });
  assert.deepEqual({ ...LIVE_LIMITS, orderNotional: null }, PAPER_LIMITS);
  assert.equal(LIVE_LIMITS.orderNotional, 25_000);
});

test('what is written is read back as it was', () => {
  for (const limits of [PAPER_LIMITS, LIVE_LIMITS, UNLIMITED])
    assert.deepEqual(readLimits(JSON.parse(JSON.stringify(limitsToWire(limits))), PAPER_LIMITS), limits);
  assert.deepEqual(readLimits({}, LIVE_LIMITS), LIVE_LIMITS);
});

test('0 and null are values of their own, and never the default', () => {
  const read = readLimits({ max_open_positions: 0, order_notional: null, max_quote_age_seconds: 0.25 }, LIVE_LIMITS);
  assert.deepEqual(read, { ...LIVE_LIMITS, maxOpenPositions: 0, orderNotional: null, maxQuoteAgeMs: 250 });
});

const BAD: readonly (readonly [document: unknown, message: RegExp])[] = [
  [[], /^limits: expected an object of limits by their names, was \[\]$/],
  [null, /^limits: expected an object/],
  [{ max_positions: 3 }, /^max_positions: expected one of min_price, .*, was "max_positions"$/],
  [
    { max_open_positions: -1 },
    /^max_open_positions: expected a whole number from 0 to 10000, or null for no limit, was -1$/,
  ],
  [{ max_open_positions: 1.5 }, /a whole number from 0 to 10000/],
  [{ collar_fraction: 1.01 }, /^collar_fraction: expected a number from 0 to 1, or null for no limit, was 1.01$/],
  [{ collar_fraction: '0.02' }, /was "0.02"$/],
  [{ collar_fraction: Number.NaN }, /^collar_fraction: expected a number from 0 to 1/],
  [{ slippage_allowance: null }, /^slippage_allowance: expected a number from 0 to 1000, was null$/],
  [{ on_daily_loss: 'panic' }, /^on_daily_loss: expected flatten or reduce, was "panic"$/],
  [{ symbol_sharing: undefined }, /^symbol_sharing: expected exclusive or shared, was nothing$/],
];
for (const [document, message] of BAD)
  test(`refuses ${JSON.stringify(document)} by name and range`, () => {
    assert.throws(
      () => readLimits(document, PAPER_LIMITS),
      (error) => error instanceof BellwetherError && error.code === 'safety/bad-limit' && message.test(error.message),
    );
  });

const STRICTER: Partial<AccountLimits> = {
  minPrice: 5,
  minStopDistanceFraction: 0.001,
  duplicateSignalMs: 120_000,
  slippageAllowance: 0.01,
  maxOpenPositions: 0,
  orderNotional: 1_000,
  maxDayTrades: 3,
  onDailyLoss: 'flatten',
};

test('a change is lowered where it forbids more: of a floor that is a higher one', () => {
  const lowered = isLowered(PAPER_LIMITS, { ...PAPER_LIMITS, ...STRICTER });
  const names = Object.keys(lowered).filter((name) => lowered[name as keyof AccountLimits]);
  assert.deepEqual(names.sort(), Object.keys(STRICTER).sort());
  assert.ok(Object.values(isLowered({ ...PAPER_LIMITS, ...STRICTER }, PAPER_LIMITS)).every((is) => !is));
  assert.ok(Object.values(isLowered(PAPER_LIMITS, PAPER_LIMITS)).every((is) => !is));
  assert.equal(isLowered({ ...PAPER_LIMITS, symbolSharing: 'shared' }, PAPER_LIMITS).symbolSharing, true);
});
