import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  formatMoney,
  formatQuantity,
  type Money,
  type Price,
  type Quantity,
  ratioFromNumber,
} from '@bellwether/domain';
import fc from 'fast-check';
import type { AccountView } from '../agent/agent-context.ts';
import { commissionFor, exactCommission } from './commission-rate.ts';
import { equityFractionQuantity, type SizeRequest, sizePosition } from './size-position.ts';

const FREE = { perShare: 0, minimum: 0, maximumFraction: null };

function account(change: Partial<AccountView> = {}): AccountView {
  return {
    equity: '100000',
    cash: '100000',
    buyingPower: '200000',
    openPositions: 0,
    symbolExposure: '0',
    grossExposure: '0',
    openRisk: '0',
    allowShort: true,
    commission: FREE,
    ...change,
  };
}

function request(
  change: Partial<Omit<SizeRequest, 'limits'>> & { limits?: Partial<SizeRequest['limits']> } = {},
): SizeRequest {
  const { limits, ...rest } = change;
  return {
    side: 'buy',
    price: 150.5,
    stop: 148,
    target1: null,
    target2: null,
    sizing: { kind: 'risk_fraction', fraction: 0.02 },
    allowShort: true,
    account: account(),
    batchRiskUsed: '0',
    convictionFactor: 1,
    quantityIncrement: 1,
    priceIncrement: 0.01,
    limits: {
      maxPositionFraction: 0.1,
      maxSymbolExposureFraction: null,
      grossExposureFraction: null,
      openRiskFraction: null,
      maxBatchRiskFraction: null,
      orderNotional: null,
      averageVolumeShares: null,
      maxOpenPositions: null,
      minRiskReward: 1.5,
      ...limits,
    },
    ...rest,
  };
}

test('seed-O1 caps a position at a tenth of equity: 66 shares, $9,933.00, $165.00 at risk', () => {
  const sized = sizePosition(request());
  assert.equal(formatQuantity(sized.quantity), '66');
  assert.equal(formatQuantity(sized.wanted), '800');
  assert.equal(sized.bindingCap, 'max_position_fraction');
  assert.equal(formatMoney(sized.notional), '9933.00');
  assert.equal(formatMoney(sized.riskAmount as Money), '165.00');
  assert.ok(Math.abs((sized.riskPct as number) - 0.165) < 1e-12);
});

test('seed-O2 sizes the mirrored short the same, and shorts positive', () => {
  const mirrored = sizePosition(request({ side: 'sell', stop: 153 }));
  assert.equal(formatQuantity(mirrored.quantity), '66');
  const short = sizePosition(request({ side: 'sell', price: 50, stop: 51.2 }));
  assert.equal(formatQuantity(short.wanted), '1666');
  assert.equal(formatQuantity(short.quantity), '200');
  assert.equal(formatMoney(short.riskAmount as Money), '240.00');
});

test('sizes the third row of the table with costs in the risk per share', () => {
  const sized = sizePosition(
    request({
      price: 20,
      stop: 19.5,
      sizing: { kind: 'risk_fraction', fraction: 0.01 },
      limits: { maxPositionFraction: 0.5 },
      account: account({
        equity: '25000',
        buyingPower: '50000',
        commission: { perShare: 0.015, minimum: 0, maximumFraction: null },
      }),
    }),
  );
  assert.equal(formatQuantity(sized.quantity), '471');
  assert.equal(sized.bindingCap, 'sizing');
});

test('is bound by buying power that another entry has reserved', () => {
  const sized = sizePosition(
    request({ price: 52, stop: 51, limits: { maxPositionFraction: null }, account: account({ buyingPower: '67' }) }),
  );
  assert.equal(formatQuantity(sized.quantity), '1');
  assert.equal(sized.bindingCap, 'buying_power');
});

const REFUSALS: readonly [string, SizeRequest, string][] = [
  ['a stop at the entry', request({ stop: 150.5 }), 'stop_wrong_side'],
  ['a stop above a buy', request({ stop: 151 }), 'stop_wrong_side'],
  ['a target below a buy', request({ target1: 150 }), 't1_wrong_side'],
  ['a second target inside the first', request({ target1: 156, target2: 155 }), 't2_not_beyond_t1'],
  ['a price that is not finite', request({ price: Number.NaN }), 'not_a_price'],
  ['a reward below the minimum', request({ target1: 152 }), 'min_risk_reward'],
  ['a short where shorts are off', request({ side: 'sell', stop: 153, allowShort: false }), 'allow_short'],
  ['a full book', request({ limits: { maxOpenPositions: 0 } }), 'max_open_positions'],
  ['risk sizing without a stop', request({ stop: null }), 'stop_required'],
  ['a size below one share', request({ limits: { maxPositionFraction: 0.001 } }), 'size_below_one'],
  ['a limit of zero', request({ limits: { maxPositionFraction: 0 } }), 'size_below_one'],
];
for (const [what, given, rule] of REFUSALS) {
  test(`refuses ${what} as ${rule}`, () => {
    const sized = sizePosition(given);
    assert.equal(sized.refusal?.rule, rule);
    assert.equal(sized.quantity, 0n);
  });
}

test('takes a reward to risk of 1.5 less one increment', () => {
  assert.equal(sizePosition(request({ target1: 154.24 })).refusal, null);
  assert.equal(sizePosition(request({ target1: 154.23 })).refusal?.rule, 'min_risk_reward');
});

test('lets every cap be the binding one, by its name', () => {
  const caps = {
    max_position_fraction: { maxPositionFraction: 0.01 },
    max_symbol_exposure_fraction: { maxSymbolExposureFraction: 0.01 },
    gross_exposure: { grossExposureFraction: 0.01 },
    open_risk: { openRiskFraction: 0.0001 },
    max_batch_risk_fraction: { maxBatchRiskFraction: 0.0001 },
    order_notional: { orderNotional: 500 },
    average_volume: { averageVolumeShares: 3 },
  };
  for (const [name, limits] of Object.entries(caps)) assert.equal(sizePosition(request({ limits })).bindingCap, name);
});

const amount = fc.integer({ min: 1, max: 5_000_000 }).map((cents) => cents / 100);
const rateArbitrary = fc.record({
  perShare: fc.constantFrom(0, 0.005, 0.01, 1),
  minimum: fc.constantFrom(0, 1, 5),
  maximumFraction: fc.constantFrom(null, 0.005, 0.01),
});

test('never exceeds a cap, and shrinks when a cap shrinks', () => {
  fc.assert(
    fc.property(
      amount,
      amount,
      fc.double({ min: 0.001, max: 2, noNaN: true }),
      fc.double({ min: 0.001, max: 1, noNaN: true }),
      rateArbitrary,
      (equity, price, fraction, smaller, commission) => {
        const given = (maxPositionFraction: number) =>
          sizePosition(
            request({
              price,
              stop: null,
              sizing: { kind: 'equity_fraction', fraction: 1, cashBufferFraction: 0 },
              account: account({ equity: String(equity), buyingPower: String(equity * 2), commission }),
              limits: { maxPositionFraction },
            }),
          );
        const wide = given(fraction);
        const narrow = given(fraction * smaller);
        assert.ok(narrow.quantity <= wide.quantity);
        for (const cap of wide.caps) assert.ok(wide.quantity <= cap.quantity);
        assert.ok(Number(wide.quantity) / 1e9 <= (equity * fraction) / price + 1e-9);
      },
    ),
    { numRuns: 2_000 },
  );
});

test('fits notional and commission into the fraction, and one share more would not', () => {
  fc.assert(
    fc.property(
      amount,
      amount,
      fc.double({ min: 0.01, max: 1.5, noNaN: true }),
      fc.double({ min: 0, max: 0.1, noNaN: true }),
      rateArbitrary,
      (equity, price, fraction, buffer, commission) => {
        const rate = commissionFor(commission);
        const exactPrice = BigInt(Math.round(price * 1e9)) as Price;
        const exactEquity = BigInt(Math.round(equity * 1e6)) as Money;
        const share = 1_000_000_000n as Quantity;
        const quantity = equityFractionQuantity(
          exactEquity,
          ratioFromNumber(fraction),
          ratioFromNumber(buffer),
          exactPrice,
          rate,
          share,
        );
        const budget = exactEquity * ratioFromNumber(fraction) * (1_000_000_000_000n - ratioFromNumber(buffer));
        const cost = (shares: bigint) =>
          exactPrice * shares * 1_000_000_000_000n + exactCommission(rate, exactPrice, shares as Quantity);
        assert.ok(quantity === 0n || cost(quantity) <= budget);
        assert.ok(cost(quantity + share) > budget);
      },
    ),
    { numRuns: 1000 },
  );
});
