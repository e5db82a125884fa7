import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  formatQuantity,
  type Money,
  notional,
  ONE_SHARE,
  type Price,
  parseQuantity,
  type Quantity,
} from '@bellwether/domain';
import fc from 'fast-check';
import { type AccountLimits, UNLIMITED } from './account-limits.ts';
import { holding, judge, pending, price, ruleOf, sizeOf, usd, type Weights } from './gate-weights.fixture.ts';
import type { GateHolding } from './risk-gate.ts';

const RUNS = 2_000;
const EQUITY = 100_000;

const cents = (least: number, most: number) => fc.integer({ min: least, max: most }).map((value) => value / 100);
const fraction = fc.double({ min: 0.0001, max: 1, noNaN: true });
const someFraction = fc.option(fraction, { nil: null });

/** Levels in whole cents around 100.00, mirrored exactly for a short. */
const levels = fc.record({ risk: cents(50, 1_000), quantity: fc.integer({ min: 1, max: 5_000 }) });
const caps = fc.record({
  maxSymbolExposureFraction: someFraction,
  grossExposureFraction: someFraction,
  openRiskFraction: someFraction,
  orderNotional: fc.option(cents(1, 10_000_000), { nil: null }),
  averageVolumeFraction: fc.option(fc.double({ min: 1e-7, max: 1e-4, noNaN: true }), { nil: null }),
});
const funds = cents(0, 20_000_000);
const book = fc.array(
  fc.record({ quantity: fc.nat(200), pending: fc.nat(200), mark: cents(100, 50_000), isShort: fc.boolean() }),
  { maxLength: 6 },
);

function entry(
  side: 'buy' | 'sell',
  { risk, quantity }: { risk: number; quantity: number },
): NonNullable<Weights['intent']> {
  const sign = side === 'buy' ? 1 : -1;
  return {
    side,
    quantity: String(quantity),
    sizingPrice: 100,
    stopLoss: 100 - sign * risk,
    target1: 100 + sign * 2 * risk,
    target2: null,
  };
}

function holdings(
  rows: readonly { quantity: number; pending: number; mark: number; isShort: boolean }[],
): GateHolding[] {
  return rows.map((row, i) => {
    const mark = price(row.mark.toFixed(2));
    return holding({
      positionId: `${i}`,
      symbol: `S${i}`,
      side: row.isShort ? 'short' : 'long',
      quantity: parseQuantity(String(row.quantity)),
      pending: parseQuantity(String(row.pending)),
      mark,
      averageEntry: mark,
      stop: ((mark * (row.isShort ? 105n : 95n)) / 100n) as Price,
      reserved: notional(mark, parseQuantity(String(row.pending))),
      entryAccountedFor: false,
    });
  });
}

test('P24 no cap is ever exceeded', () => {
  fc.assert(
    fc.property(levels, caps, funds, book, fc.constantFrom('buy', 'sell'), (plan, limits, power, rows, side) => {
      const held = holdings(rows);
      const snapshot = { buyingPower: usd(power.toFixed(2)), holdings: held };
      const answer = judge({ intent: entry(side, plan), snapshot, limits: { ...UNLIMITED, ...limits } });
      if (answer.kind === 'refused') return assert.equal(answer.refusal.rule, 'size_below_one');
      const shares = Number(answer.quantity) / 1e9;
      const gross = held.reduce(
        (sum, { mark, quantity, pending: coming }) => sum + (Number(mark) / 1e9) * (Number(quantity + coming) / 1e9),
        0,
      );
      const reserved = held.reduce((sum, one) => sum + one.reserved, 0n);
      const within = (value: number, limit: number | null) =>
        assert.ok(limit === null || value <= limit + 1e-6, `${value} of ${limit}`);
      const ofEquity = (part: number | null) => (part === null ? null : part * EQUITY);
      assert.ok(answer.quantity > 0n && answer.quantity % ONE_SHARE === 0n);
      within(shares, plan.quantity);
      within(shares * 100, ofEquity(limits.maxSymbolExposureFraction));
      within(gross + shares * 100, ofEquity(limits.grossExposureFraction));
      within(gross * 0.05 + shares * plan.risk, ofEquity(limits.openRiskFraction));
      within(shares * 100, limits.orderNotional);
      within(shares, limits.averageVolumeFraction === null ? null : limits.averageVolumeFraction * 50_000_000);
      assert.ok(reserved + answer.reserved <= snapshot.buyingPower);
    }),
    { numRuns: RUNS },
  );
});

test('P24 a smaller cap never gives a bigger size, nor does a bigger book or less buying power', () => {
  fc.assert(
    fc.property(levels, caps, funds, book, fraction, (plan, limits, power, rows, part) => {
      const size = (change: Partial<AccountLimits>, change2: Weights['snapshot'] = {}) =>
        sizeOf(
          judge({
            intent: entry('buy', plan),
            snapshot: { buyingPower: usd(power.toFixed(2)), holdings: holdings(rows), ...change2 },
            limits: { ...UNLIMITED, ...limits, ...change },
          }),
        );
      const full = size({});
      for (const [name, value] of Object.entries(limits)) {
        assert.ok(size({ [name]: (value ?? 1) * part }) <= full, name);
        assert.ok(size({ [name]: null }) >= full, name);
        assert.equal(size({ [name]: 0 }), 0n, name);
      }
      assert.ok(size({}, { buyingPower: usd((power * part).toFixed(2)) }) <= full);
      assert.ok(size({}, { holdings: [...holdings(rows), pending()] }) <= full);
    }),
    { numRuns: RUNS },
  );
});

test('P24 a short is sized as the mirrored long, but for what it reserves', () => {
  fc.assert(
    fc.property(levels, caps, book, (plan, limits, rows) => {
      const size = (side: 'buy' | 'sell') =>
        sizeOf(
          judge({
            intent: entry(side, plan),
            snapshot: { buyingPower: usd('100000000'), holdings: holdings(rows) },
            limits: { ...UNLIMITED, ...limits },
          }),
        );
      assert.equal(size('sell'), size('buy'));
    }),
    { numRuns: RUNS },
  );
});

/** Fifty pipelines, one account, each judged while it holds the account's lock: what one reserves, the next one sees. */
function crowd(sizes: readonly number[], power: Money, sees: (held: readonly GateHolding[]) => readonly GateHolding[]) {
  const held: GateHolding[] = [];
  for (const [i, quantity] of sizes.entries()) {
    const answer = judge({
      intent: { ...entry(i % 3 === 0 ? 'sell' : 'buy', { risk: 2, quantity }), symbol: `S${i}` },
      request: { pipelineId: `p${i}` },
      snapshot: { buyingPower: power, holdings: sees(held) },
      limits: { ...UNLIMITED, grossExposureFraction: 1 },
    });
    if (answer.kind === 'refused') {
      assert.equal(ruleOf(answer), 'size_below_one');
      continue;
    }
    held.push(
      pending({
        pipelineId: `p${i}`,
        positionId: `x${i}`,
        symbol: `S${i}`,
        side: i % 3 === 0 ? 'short' : 'long',
        pending: answer.quantity,
        mark: price('100'),
        stop: price(i % 3 === 0 ? '102' : '98'),
        reserved: answer.reserved,
      }),
    );
  }
  return {
    count: held.length,
    reserved: held.reduce((sum, one) => sum + one.reserved, 0n),
    gross: held.reduce((sum, one) => sum + notional(one.mark, one.pending), 0n),
  };
}

const FIFTY = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 50, maxLength: 50 });

test('P14 fifty pipelines never reserve more than there is', () => {
  fc.assert(
    fc.property(FIFTY, cents(100_000, 9_000_000), (sizes, power) => {
      const account = usd(power.toFixed(2));
      const { reserved, gross, count } = crowd(sizes, account, (held) => held);
      assert.ok(count > 0);
      assert.ok(reserved <= account);
      assert.ok(gross <= usd(String(EQUITY)));
    }),
    { numRuns: 200 },
  );
});

test('P14 control: without counting reservations they reserve more than there is', () => {
  const sizes = Array.from({ length: 50 }, () => 100);
  const account = usd('50000');
  assert.ok(crowd(sizes, account, () => []).reserved > account);
  const uncounted = (held: readonly GateHolding[]) => held.map((one) => ({ ...one, entryAccountedFor: true }));
  assert.ok(crowd(sizes, account, uncounted).reserved > account);
});

test('a decision of no shares, or less than one, is refused and never rounded up', () => {
  for (const quantity of ['0', '0.5', '0.999999999'])
    assert.equal(ruleOf(judge({ intent: { quantity } })), 'size_below_one');
  assert.equal(formatQuantity(sizeOf(judge({ intent: { quantity: '1.9' } })) as Quantity), '1');
});
