// What is to be ordered: approved size and signal → intents, the close first → the kernel's gate, which alone orders.
import { priceText, type Refusal, type RiskDecision, type StrategySignal } from '@bellwether/domain';
import {
  type AgentContext,
  type AgentInput,
  type Decision,
  defineAgent,
  type OrderIntent,
  type TradePlan,
} from '@bellwether/kernel';
import { type TradeManagerConfig, TradeManagerConfigSchema, tradeManagerConfig } from './trade-manager.schema.ts';

export const tradeManagerAgent = defineAgent<TradeManagerConfig>({
  type: 'trade_manager_agent',
  version: 1,
  category: 'execution',
  name: 'Trade manager',
  description: 'Turns an approved size into orders with stop and targets, and manages the position’s exits.',
  icon: 'arrow-left-right',
  rate: '0',
  reads: ['risk', 'strategy'],
  writes: 'trade',
  config: { schema: TradeManagerConfigSchema, parse: tradeManagerConfig },
  decide,
});

function decide(input: AgentInput, config: TradeManagerConfig, context: AgentContext): Decision {
  const { risk, strategy } = input;
  if (risk === undefined || strategy === undefined) {
    const missing = risk === undefined ? 'risk decision' : 'strategy signal';
    return blocked('input_missing', missing, `no ${missing} reached this node; connect its agent before it`);
  }
  if (!risk.approved) return blocked('not_approved', risk.refusal?.rule ?? null, risk.reasoning);
  const intents = intentsOf(risk, strategy, context.symbol);
  if (intents.length === 0)
    return blocked('nothing_to_trade', null, 'the risk decision allows neither a close nor an entry');
  const plan: TradePlan = {
    symbol: context.symbol,
    timestamp: context.now,
    intents,
    exits: config.exits,
    entryValidMs: config.entryValidMs,
    entryWhenClosed: config.entryWhenClosed,
    allowPyramiding: config.allowPyramiding,
    summary: intents.map(intentText).join(', then '),
  };
  return { kind: 'output', output: { kind: 'trade', value: plan }, summary: plan.summary };
}

/** The close comes first: the entry of a reversal is approved against the account as the close leaves it. */
function intentsOf(risk: RiskDecision, signal: StrategySignal, symbol: string): OrderIntent[] {
  if (signal.action === 'hold') return [];
  // Closing a long sells and closing a short buys, as does the entry that reverses it: the signal's own side.
  const side = signal.action;
  const intents: OrderIntent[] = [];
  if (risk.closeSize !== '0') {
    intents.push({
      symbol,
      purpose: 'close',
      side,
      type: 'market',
      quantity: risk.closeSize,
      limitPrice: null,
      stopLoss: null,
      target1: null,
      target2: null,
      sizingPrice: risk.sizingPrice,
      sizeAtFill: null,
    });
  }
  if (risk.positionSize !== '0') {
    const isLimit = signal.entryOrder === 'limit';
    intents.push({
      symbol,
      purpose: 'open',
      side,
      type: signal.entryOrder,
      quantity: risk.positionSize,
      limitPrice: isLimit ? signal.entryPrice : null,
      stopLoss: signal.stopLoss,
      target1: signal.target1,
      target2: signal.target2,
      sizingPrice: risk.sizingPrice,
      sizeAtFill: risk.sizeReference === 'fill_price' && !isLimit ? risk.sizeRule : null,
    });
  }
  return intents;
}

function intentText(intent: OrderIntent): string {
  const verb = intent.side === 'buy' ? 'buy' : 'sell';
  const price = intent.limitPrice === null ? 'at the market' : `at $${priceText(intent.limitPrice)} or better`;
  const what = intent.purpose === 'close' ? 'to close' : 'to open';
  const levels = [
    intent.stopLoss === null ? null : `stop $${priceText(intent.stopLoss)}`,
    intent.target1 === null ? null : `target 1 $${priceText(intent.target1)}`,
    intent.target2 === null ? null : `target 2 $${priceText(intent.target2)}`,
  ].filter((level) => level !== null);
  return [`${verb} ${intent.quantity} ${intent.symbol} ${price} ${what}`, ...levels].join(', ');
}

function blocked(rule: string, value: Refusal['value'], text: string): Decision {
  return { kind: 'blocked', refusal: { rule, value, threshold: null, distance: null, text }, summary: text };
}
