// How many shares a signal may become: signal, position and account → the kernel's size formula → risk decision.
import {
  capWords,
  formatMoney,
  formatQuantity,
  instrumentOf,
  parseMoney,
  priceFromNumber,
  priceIncrementAt,
  priceToNumber,
  quantityToNumber,
  type Refusal,
  type RiskDecision,
  type SizeLimits,
  type SizeRule,
  type StrategySignal,
} from '@bellwether/domain';
import {
  type AccountView,
  type AgentContext,
  type AgentInput,
  type Decision,
  defineAgent,
  sizePosition,
  strictestLimits,
} from '@bellwether/kernel';
import { type RiskManagerConfig, RiskManagerConfigSchema, riskManagerConfig } from './risk-manager.schema.ts';
import { closingText, sizingText } from './risk-manager.text.ts';

export const riskManagerAgent = defineAgent<RiskManagerConfig>({
  type: 'risk_manager_agent',
  version: 1,
  category: 'risk',
  name: 'Risk manager',
  description: 'Sizes the position by fixed formulas under every limit, or says which limit refuses it.',
  icon: 'shield',
  rate: '0.05',
  reads: ['strategy'],
  readsOptionally: ['market_data', 'universe'],
  writes: 'risk',
  config: { schema: RiskManagerConfigSchema, parse: riskManagerConfig },
  decide,
});

function decide(input: AgentInput, config: RiskManagerConfig, context: AgentContext): Decision {
  const { strategy } = input;
  if (strategy === undefined) {
    const text = 'no strategy signal reached this node; connect a strategy before it';
    return {
      kind: 'blocked',
      refusal: { rule: 'input_missing', value: 'strategy', threshold: null, distance: null, text },
      summary: text,
    };
  }
  const decision = riskDecision(strategy, input, config, context);
  return { kind: 'output', output: { kind: 'risk', value: decision }, summary: decision.reasoning };
}

function riskDecision(
  signal: StrategySignal,
  input: AgentInput,
  config: RiskManagerConfig,
  context: AgentContext,
): RiskDecision {
  // A limit is sized at its own price, a market order at the close that the decision saw, unrounded.
  const price = signal.entryOrder === 'limit' ? signal.entryPrice : (input.market_data?.price ?? signal.entryPrice);
  const position = context.position();
  const closes = signal.intent === 'close_long' || signal.intent === 'close_short' || signal.intent === 'reverse';
  const opens =
    signal.action !== 'hold' &&
    (signal.intent === 'open_long' || signal.intent === 'open_short' || signal.intent === 'reverse');
  const closeSize = closes && position.side !== 'flat' ? position.quantity : '0';
  const account = context.account(closeSize !== '0');
  const rule = sizeRule(signal, input, config, context, price, account);
  const blank = {
    symbol: context.symbol,
    timestamp: context.now,
    closeSize,
    equity: formatMoney(parseMoney(account.equity)),
    sizingPrice: price ?? 0,
    sizeReference: config.sizeReference,
    sizeRule: rule,
  };
  const without = (
    refusal: Refusal | null,
    approved: boolean,
    reasoning: string,
    adjustmentsMade: string | null,
  ): RiskDecision => ({
    ...blank,
    approved,
    adjusted: false,
    positionSize: '0',
    accountRiskPct: null,
    positionRiskAmount: null,
    notional: '0.00',
    adjustmentsMade,
    reasoning,
    bindingCap: null,
    caps: [],
    refusal,
  });

  if (!opens || price === null) {
    if (closeSize !== '0') return without(null, true, closingText(context.symbol, position), null);
    const text = closes ? `there is no ${context.symbol} of this pipeline to close` : 'the signal asks for no trade';
    return without(
      { rule: closes ? 'nothing_to_close' : 'no_signal', value: null, threshold: null, distance: null, text },
      false,
      `Refused: ${text}`,
      null,
    );
  }
  const sized = sizePosition({
    ...rule,
    side: signal.action === 'buy' ? 'buy' : 'sell',
    price,
    stop: signal.stopLoss,
    target1: signal.target1,
    target2: signal.target2,
    account,
    batchRiskUsed: '0',
  });
  const adjusted = sized.refusal === null && sized.quantity < sized.wanted;
  const reduction =
    adjusted && sized.bindingCap !== null
      ? `${capWords(sized.bindingCap)} reduced ${formatQuantity(sized.wanted)} shares to ${formatQuantity(sized.quantity)}`
      : null;
  const numbers = {
    accountRiskPct: sized.refusal === null ? sized.riskPct : null,
    positionRiskAmount: sized.refusal === null && sized.riskAmount !== null ? formatMoney(sized.riskAmount) : null,
    bindingCap: sized.bindingCap,
    caps: sized.caps.map(({ name, quantity }) => ({ name, quantity: formatQuantity(quantity) })),
  };
  if (sized.refusal !== null) {
    const text = `${sized.refusal.text} (${sized.refusal.rule.replaceAll('_', ' ')})`;
    // A close is always approved: what refuses the new side must not keep the old one open.
    if (closeSize !== '0') {
      const why = `the opposite side is not opened: ${text}`;
      return { ...without(null, true, `${closingText(context.symbol, position)}; ${why}`, why), ...numbers };
    }
    return { ...without(sized.refusal, false, `Refused: ${text}`, null), ...numbers };
  }
  const closing = closeSize === '0' ? '' : `${closingText(context.symbol, position)}, then `;
  return {
    ...blank,
    ...numbers,
    approved: true,
    adjusted,
    positionSize: formatQuantity(sized.quantity),
    notional: formatMoney(sized.notional),
    adjustmentsMade: reduction,
    reasoning: closing + sizingText(signal, price, config, account, sized),
    refusal: null,
  };
}

/** Everything that sizes but price, levels and holdings: the pipeline's caps, under those that its account has of its own. */
function sizeRule(
  signal: StrategySignal,
  input: AgentInput,
  config: RiskManagerConfig,
  context: AgentContext,
  price: number | null,
  { caps }: AccountView,
): SizeRule {
  const isBatch = (input.universe?.symbols.length ?? 1) > 1;
  const own: SizeLimits = {
    ...config.limits,
    maxBatchRiskFraction: isBatch ? config.maxBatchRiskFraction : null,
    grossExposureFraction: null,
    openRiskFraction: null,
    orderNotional: null,
    averageVolumeShares: null,
  };
  return {
    sizing: config.sizing,
    limits: caps === undefined ? own : strictestLimits(own, caps),
    allowShort: config.allowShort,
    convictionFactor: config.sizeByConviction ? Math.min(1, Math.max(0, signal.conviction / 100)) : 1,
    quantityIncrement: quantityToNumber(instrumentOf(context.symbol).quantityIncrement),
    priceIncrement: price !== null && price > 0 ? priceToNumber(priceIncrementAt(priceFromNumber(price))) : 0.01,
  };
}
