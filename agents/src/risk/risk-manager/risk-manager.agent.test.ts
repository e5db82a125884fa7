import assert from 'node:assert/strict';
import { test } from 'node:test';
import { capWords, type RiskDecision, type StrategySignal } from '@bellwether/domain';
import { type AgentInput, capsOf, PAPER_LIMITS, UNLIMITED } from '@bellwether/kernel';
import { FakeContext, type FakeWorld } from '@bellwether/kernel/testing';
import { riskManagerAgent } from './risk-manager.agent.ts';

/** The seed's signal, lines 619 to 629. */
const SIGNAL: StrategySignal = {
  symbol: 'AAPL',
  asOf: 1,
  timestamp: 1,
  action: 'buy',
  intent: 'open_long',
  entryOrder: 'market',
  conviction: 80,
  entryPrice: 150.5,
  stopLoss: 148,
  target1: 154.25,
  target2: 158,
  riskRewardRatio: 1.5,
  reasoning: '',
  technicalFactors: [],
  atr: null,
  breakEvenWinRate: null,
  holdReasons: [],
  warnings: [],
  analyst: 'rules',
  model: null,
};
const MIRRORED = { action: 'sell', intent: 'open_short', stopLoss: 153, target1: 146.75, target2: 143 } as const;

function decide(
  signal: Partial<StrategySignal>,
  config: Record<string, unknown>,
  world: FakeWorld = {},
  input: Partial<AgentInput> = {},
): RiskDecision {
  const decision = riskManagerAgent.decide(
    { strategy: { ...SIGNAL, ...signal }, ...input },
    riskManagerAgent.config.parse(config),
    new FakeContext(world),
  );
  assert.ok(!(decision instanceof Promise) && decision.kind === 'output' && decision.output.kind === 'risk');
  return decision.output.value;
}

test('seed-O1 caps a position at a tenth of equity', () => {
  const made = decide({}, { risk_fraction: 0.02 });
  assert.deepEqual(
    [made.positionSize, made.notional, made.positionRiskAmount, made.accountRiskPct, made.adjusted, made.bindingCap],
    ['66', '9933.00', '165.00', 0.165, true, 'max_position_fraction'],
  );
  assert.equal(made.caps[0]?.quantity, '800');
  assert.match(made.reasoning, /asks for 800, the position limit allows 66/);
});

test('seed lines 654–669: uncapped it is 800 shares and $120,400.00', () => {
  const made = decide({}, { risk_fraction: 0.02, max_position_fraction: 4 });
  assert.deepEqual([made.positionSize, made.notional, made.adjusted], ['800', '120400.00', false]);
});

test('seed-O2 the mirrored short is sized the same, and a stop at the entry is refused', () => {
  assert.equal(decide(MIRRORED, { risk_fraction: 0.02 }).positionSize, '66');
  const refused = decide({ stopLoss: 150.5 }, {});
  assert.deepEqual([refused.approved, refused.positionSize, refused.refusal?.rule], [false, '0', 'stop_wrong_side']);
});

test('equity_fraction keeps the cash buffer and needs no stop', () => {
  const made = decide(
    { stopLoss: null, target1: null, target2: null, entryPrice: 100 },
    { sizing: 'equity_fraction', equity_fraction: 1, cash_buffer_fraction: 0.0025, max_position_fraction: 1 },
  );
  assert.deepEqual([made.positionSize, made.positionRiskAmount, made.accountRiskPct], ['997', null, null]);
});

test('risk_fraction without a stop is refused with its rule', () => {
  assert.equal(decide({ stopLoss: null }, {}).refusal?.rule, 'stop_required');
});

test('fixed_quantity and fixed_notional ask for what they say', () => {
  const wide = { max_position_fraction: 4 };
  assert.equal(decide({}, { ...wide, sizing: 'fixed_quantity', fixed_quantity: 7 }).positionSize, '7');
  assert.equal(decide({}, { ...wide, sizing: 'fixed_notional', fixed_notional: 1000 }).positionSize, '6');
});

test('a reward below the least reward to risk is refused with its distance', () => {
  const { refusal } = decide({ target1: 152 }, {});
  assert.deepEqual([refusal?.rule, refusal?.value, refusal?.threshold], ['min_risk_reward', 0.6, 1.5]);
});

test('a close is approved for exactly the lane’s own quantity, and without a position there is nothing to close', () => {
  const held: FakeWorld = { position: { side: 'long', quantity: '66', averageEntry: 150 } };
  const close = { action: 'sell', intent: 'close_long', stopLoss: null, target1: null, target2: null } as const;
  const made = decide(close, { max_position_fraction: 0 }, held);
  assert.deepEqual([made.approved, made.closeSize, made.positionSize], [true, '66', '0']);
  assert.equal(decide(close, {}).refusal?.rule, 'nothing_to_close');
});

test('a reversal closes also when the other side is refused', () => {
  const held: FakeWorld = { position: { side: 'long', quantity: '66', averageEntry: 150 } };
  const reverse = { ...MIRRORED, intent: 'reverse' } as const;
  const both = decide(reverse, { risk_fraction: 0.02 }, held);
  assert.deepEqual([both.approved, both.closeSize, both.positionSize], [true, '66', '66']);
  const onlyClose = decide(reverse, { allow_short: false }, held);
  assert.deepEqual(
    [onlyClose.approved, onlyClose.closeSize, onlyClose.positionSize, onlyClose.refusal],
    [true, '66', '0', null],
  );
  assert.match(onlyClose.adjustmentsMade ?? '', /allow short/);
});

test('size_by_conviction only ever shrinks', () => {
  const wide = { risk_fraction: 0.02, max_position_fraction: 4 };
  assert.equal(decide({}, { ...wide, size_by_conviction: true }).positionSize, '640');
  assert.equal(decide({ conviction: 100 }, { ...wide, size_by_conviction: true }).positionSize, '800');
});

test('a market order is sized at the close of the decision, a limit at its own price', () => {
  const input = { strategy: SIGNAL, market_data: { price: 150.123456 } as never };
  const config = riskManagerAgent.config.parse({});
  const decision = riskManagerAgent.decide(input, config, new FakeContext());
  assert.ok(!(decision instanceof Promise) && decision.kind === 'output' && decision.output.kind === 'risk');
  assert.equal(decision.output.value.sizingPrice, 150.123456);
  assert.equal(decide({ entryOrder: 'limit', entryPrice: 150 }, {}).sizingPrice, 150);
});

test('a full account opens nothing', () => {
  assert.equal(decide({}, { max_open_positions: 0 }).refusal?.rule, 'max_open_positions');
  assert.equal(decide({}, {}, { account: { buyingPower: '100.00' } }).refusal?.rule, 'size_below_one');
});

/** Where each cap is the smallest: the node's config, the account, or several symbols at once. */
const BINDING: Readonly<
  Record<string, readonly [config: Record<string, unknown>, world: FakeWorld, isBatch?: boolean]>
> = {
  sizing: [{ risk_fraction: 0.001 }, {}],
  max_position_fraction: [{ max_position_fraction: 0.05 }, {}],
  max_symbol_exposure_fraction: [{ max_symbol_exposure_fraction: 0.1 }, { account: { symbolExposure: '5000' } }],
  gross_exposure: [{}, { account: { grossExposure: '95000', caps: capsOf(PAPER_LIMITS, null) } }],
  open_risk: [{}, { account: { openRisk: '5900', caps: capsOf(PAPER_LIMITS, null) } }],
  max_batch_risk_fraction: [{ max_batch_risk_fraction: 0.001 }, {}, true],
  order_notional: [{}, { account: { caps: capsOf({ ...UNLIMITED, orderNotional: 5_000 }, null) } }],
  average_volume: [{}, { account: { caps: capsOf(PAPER_LIMITS, 1_000) } }],
  buying_power: [{}, { account: { buyingPower: '5000' } }],
};
for (const [name, [config, world, isBatch]] of Object.entries(BINDING))
  test(`${name} can be the binding cap, and the decision says so by name`, () => {
    const input = isBatch === true ? { universe: { symbols: ['AAPL', 'MSFT'] } as never } : {};
    const made = decide({}, { risk_fraction: 0.02, ...config }, world, input);
    assert.equal(made.approved, true);
    assert.equal(made.bindingCap, name);
    const smallest = made.caps.reduce((least, cap) => (Number(cap.quantity) < Number(least.quantity) ? cap : least));
    assert.deepEqual([smallest.name, smallest.quantity], [name, made.positionSize]);
    assert.equal(made.adjusted, name !== 'sizing');
    if (made.adjusted) assert.match(made.adjustmentsMade ?? '', new RegExp(`^${capWords(name)} reduced `));
    if (made.adjusted) assert.match(made.reasoning, new RegExp(`${capWords(name)} allows ${made.positionSize}`));
  });

test('an account and its pipeline bind by the stricter of their limits', () => {
  const account = { symbolExposure: '15000', caps: capsOf(PAPER_LIMITS, null) };
  assert.equal(decide({}, { max_symbol_exposure_fraction: 0.5 }, { account }).positionSize, '33');
  assert.equal(decide({}, { max_symbol_exposure_fraction: 0.16 }, { account }).positionSize, '6');
  assert.equal(decide({}, {}, { account: { ...account, openPositions: 10 } }).refusal?.rule, 'max_open_positions');
});
