import {
  assertNever,
  type Bar,
  type BiasSignal,
  type EpochMs,
  formatInstant,
  type MarketData,
  type Refusal,
  type RiskDecision,
  type StrategySignal,
  type TriggerFact,
} from '@bellwether/domain';
import type { AgentOutput, TradePlan } from '@bellwether/kernel';
import type {
  AgentOutputWire,
  BiasWire,
  MarketDataWire,
  RefusalWire,
  RiskWire,
  StrategyWire,
  TradePlanWire,
  TriggerWire,
} from './outputs.schema.ts';
import { sizeRuleFromWire, sizeRuleToWire } from './size-rule.wire.ts';

/** Reads an instant that `formatInstant` wrote. */
export function instantFromWire(text: string): EpochMs {
  return Date.parse(text);
}

export function refusalToWire(refusal: Refusal): RefusalWire {
  const { rule, value, threshold, distance, text } = refusal;
  return { rule, value, threshold, distance, text };
}

export function refusalFromWire(wire: RefusalWire): Refusal {
  const { rule, value, threshold, distance, text } = wire;
  return { rule, value, threshold, distance, text };
}

export function triggerToWire(trigger: TriggerFact): TriggerWire {
  return { node_id: trigger.nodeId, kind: trigger.kind, at: formatInstant(trigger.at), text: trigger.text };
}

export function triggerFromWire(wire: TriggerWire): TriggerFact {
  return { nodeId: wire.node_id, kind: wire.kind, at: instantFromWire(wire.at), text: wire.text };
}

function barToWire(bar: Bar) {
  const { start, end, open, high, low, close, volume } = bar;
  return { start: formatInstant(start), end: formatInstant(end), open, high, low, close, volume };
}

function barFromWire(wire: ReturnType<typeof barToWire>): Bar {
  const { start, end, open, high, low, close, volume } = wire;
  return { start: instantFromWire(start), end: instantFromWire(end), open, high, low, close, volume };
}

function marketDataToWire(data: MarketData): MarketDataWire {
  return {
    symbol: data.symbol,
    as_of: formatInstant(data.asOf),
    price: data.price,
    timeframes: data.timeframes.map(({ timeframe, bars, last, indicators }) => ({
      timeframe,
      bars,
      last: barToWire(last),
      indicators: { ...indicators },
    })),
    synthetic: data.synthetic,
    source: data.source,
  };
}

function marketDataFromWire(wire: MarketDataWire): MarketData {
  return {
    symbol: wire.symbol,
    asOf: instantFromWire(wire.as_of),
    price: wire.price,
    timeframes: wire.timeframes.map(({ timeframe, bars, last, indicators }) => ({
      timeframe,
      bars,
      last: barFromWire(last),
      indicators: { ...indicators },
    })),
    synthetic: wire.synthetic,
    source: wire.source,
  };
}

function biasToWire(signal: BiasSignal): BiasWire {
  return {
    symbol: signal.symbol,
    as_of: formatInstant(signal.asOf),
    timestamp: formatInstant(signal.timestamp),
    bias: signal.bias,
    confidence: signal.confidence,
    bias_score: signal.biasScore,
    reasoning: signal.reasoning,
    factors: signal.factors.map(({ text, evidence, contribution }) => ({
      text,
      evidence: [...evidence],
      contribution,
    })),
    analyst: signal.analyst,
    model: signal.model,
    timeframes: [...signal.timeframes],
    warnings: [...signal.warnings],
  };
}

function biasFromWire(wire: BiasWire): BiasSignal {
  return {
    symbol: wire.symbol,
    asOf: instantFromWire(wire.as_of),
    timestamp: instantFromWire(wire.timestamp),
    bias: wire.bias,
    confidence: wire.confidence,
    biasScore: wire.bias_score,
    reasoning: wire.reasoning,
    factors: wire.factors.map(({ text, evidence, contribution }) => ({ text, evidence, contribution })),
    analyst: wire.analyst,
    model: wire.model,
    timeframes: wire.timeframes,
    warnings: wire.warnings,
  };
}

function strategyToWire(signal: StrategySignal): StrategyWire {
  return {
    symbol: signal.symbol,
    as_of: formatInstant(signal.asOf),
    timestamp: formatInstant(signal.timestamp),
    action: signal.action,
    intent: signal.intent,
    entry_order: signal.entryOrder,
    conviction: signal.conviction,
    entry_price: signal.entryPrice,
    stop_loss: signal.stopLoss,
    target_1: signal.target1,
    target_2: signal.target2,
    risk_reward_ratio: signal.riskRewardRatio,
    reasoning: signal.reasoning,
    technical_factors: signal.technicalFactors.map(({ text, evidence }) => ({ text, evidence: [...evidence] })),
    atr: signal.atr,
    break_even_win_rate: signal.breakEvenWinRate,
    hold_reasons: [...signal.holdReasons],
    warnings: [...signal.warnings],
    analyst: signal.analyst,
    model: signal.model,
  };
}

function strategyFromWire(wire: StrategyWire): StrategySignal {
  return {
    symbol: wire.symbol,
    asOf: instantFromWire(wire.as_of),
    timestamp: instantFromWire(wire.timestamp),
    action: wire.action,
    intent: wire.intent,
    entryOrder: wire.entry_order,
    conviction: wire.conviction,
    entryPrice: wire.entry_price,
    stopLoss: wire.stop_loss,
    target1: wire.target_1,
    target2: wire.target_2,
    riskRewardRatio: wire.risk_reward_ratio,
    reasoning: wire.reasoning,
    technicalFactors: wire.technical_factors.map(({ text, evidence }) => ({ text, evidence })),
    atr: wire.atr,
    breakEvenWinRate: wire.break_even_win_rate,
    holdReasons: wire.hold_reasons,
    warnings: wire.warnings,
    analyst: wire.analyst,
    model: wire.model,
  };
}

function riskToWire(decision: RiskDecision): RiskWire {
  return {
    symbol: decision.symbol,
    timestamp: formatInstant(decision.timestamp),
    approved: decision.approved,
    adjusted: decision.adjusted,
    position_size: decision.positionSize,
    close_size: decision.closeSize,
    account_risk_pct: decision.accountRiskPct,
    position_risk_amount: decision.positionRiskAmount,
    notional: decision.notional,
    equity: decision.equity,
    sizing_price: decision.sizingPrice,
    size_reference: decision.sizeReference,
    size_rule: sizeRuleToWire(decision.sizeRule),
    adjustments_made: decision.adjustmentsMade,
    reasoning: decision.reasoning,
    binding_cap: decision.bindingCap,
    caps: decision.caps.map(({ name, quantity }) => ({ name, quantity })),
    refusal: decision.refusal === null ? null : refusalToWire(decision.refusal),
  };
}

function riskFromWire(wire: RiskWire): RiskDecision {
  return {
    symbol: wire.symbol,
    timestamp: instantFromWire(wire.timestamp),
    approved: wire.approved,
    adjusted: wire.adjusted,
    positionSize: wire.position_size,
    closeSize: wire.close_size,
    accountRiskPct: wire.account_risk_pct,
    positionRiskAmount: wire.position_risk_amount,
    notional: wire.notional,
    equity: wire.equity,
    sizingPrice: wire.sizing_price,
    sizeReference: wire.size_reference,
    sizeRule: sizeRuleFromWire(wire.size_rule),
    adjustmentsMade: wire.adjustments_made,
    reasoning: wire.reasoning,
    bindingCap: wire.binding_cap,
    caps: wire.caps.map(({ name, quantity }) => ({ name, quantity })),
    refusal: wire.refusal === null ? null : refusalFromWire(wire.refusal),
  };
}

function tradePlanToWire(plan: TradePlan): TradePlanWire {
  return {
    symbol: plan.symbol,
    timestamp: formatInstant(plan.timestamp),
    intents: plan.intents.map((intent) => ({
      symbol: intent.symbol,
      purpose: intent.purpose,
      side: intent.side,
      type: intent.type,
      quantity: intent.quantity,
      limit_price: intent.limitPrice,
      stop_loss: intent.stopLoss,
      target_1: intent.target1,
      target_2: intent.target2,
      sizing_price: intent.sizingPrice,
      size_at_fill: intent.sizeAtFill === null ? null : sizeRuleToWire(intent.sizeAtFill),
    })),
    exits: {
      plan: plan.exits.plan,
      split_at: plan.exits.splitAt,
      first_target_percent: plan.exits.firstTargetPercent,
      move_stop_to_breakeven: plan.exits.moveStopToBreakeven,
      breakeven_fees: plan.exits.breakevenFees,
      single_share_target: plan.exits.singleShareTarget,
      partial_entry_patience_seconds: plan.exits.partialPatienceMs / 1_000,
      monitoring: plan.exits.monitoring,
    },
    entry_valid_ms: plan.entryValidMs,
    entry_when_closed: plan.entryWhenClosed,
    allow_pyramiding: plan.allowPyramiding,
    summary: plan.summary,
  };
}

function tradePlanFromWire(wire: TradePlanWire): TradePlan {
  return {
    symbol: wire.symbol,
    timestamp: instantFromWire(wire.timestamp),
    intents: wire.intents.map((intent) => ({
      symbol: intent.symbol,
      purpose: intent.purpose,
      side: intent.side,
      type: intent.type,
      quantity: intent.quantity,
      limitPrice: intent.limit_price,
      stopLoss: intent.stop_loss,
      target1: intent.target_1,
      target2: intent.target_2,
      sizingPrice: intent.sizing_price,
      sizeAtFill: intent.size_at_fill === null ? null : sizeRuleFromWire(intent.size_at_fill),
    })),
    exits: {
      plan: wire.exits.plan,
      splitAt: wire.exits.split_at,
      firstTargetPercent: wire.exits.first_target_percent,
      moveStopToBreakeven: wire.exits.move_stop_to_breakeven,
      breakevenFees: wire.exits.breakeven_fees,
      singleShareTarget: wire.exits.single_share_target,
      // Journals written before it was recorded were managed with 3 s.
      partialPatienceMs: (wire.exits.partial_entry_patience_seconds ?? 3) * 1_000,
      monitoring: wire.exits.monitoring,
    },
    entryValidMs: wire.entry_valid_ms,
    entryWhenClosed: wire.entry_when_closed,
    allowPyramiding: wire.allow_pyramiding,
    summary: wire.summary,
  };
}

/** Writes what an agent handed on, in the spelling of the journal and the stream. */
export function outputToWire(output: AgentOutput): AgentOutputWire {
  switch (output.kind) {
    case 'trigger':
      return { kind: 'trigger', value: triggerToWire(output.value) };
    case 'universe': {
      const { symbols, source, stale } = output.value;
      return { kind: 'universe', value: { symbols: [...symbols], source, stale } };
    }
    case 'market_data':
      return { kind: 'market_data', value: marketDataToWire(output.value) };
    case 'bias':
      return { kind: 'bias', value: biasToWire(output.value) };
    case 'strategy':
      return { kind: 'strategy', value: strategyToWire(output.value) };
    case 'risk':
      return { kind: 'risk', value: riskToWire(output.value) };
    case 'trade':
      return { kind: 'trade', value: tradePlanToWire(output.value) };
    case 'report': {
      const { symbol, title, outcome, paragraphs, timestamp } = output.value;
      return {
        kind: 'report',
        value: { symbol, title, outcome, paragraphs: [...paragraphs], timestamp: formatInstant(timestamp) },
      };
    }
    default:
      return assertNever(output);
  }
}

/** Reads what `outputToWire` wrote. The wire must be one of ours: nothing is checked. */
export function outputFromWire(wire: AgentOutputWire): AgentOutput {
  switch (wire.kind) {
    case 'trigger':
      return { kind: 'trigger', value: triggerFromWire(wire.value) };
    case 'universe': {
      const { symbols, source, stale } = wire.value;
      return { kind: 'universe', value: { symbols, source, stale } };
    }
    case 'market_data':
      return { kind: 'market_data', value: marketDataFromWire(wire.value) };
    case 'bias':
      return { kind: 'bias', value: biasFromWire(wire.value) };
    case 'strategy':
      return { kind: 'strategy', value: strategyFromWire(wire.value) };
    case 'risk':
      return { kind: 'risk', value: riskFromWire(wire.value) };
    case 'trade':
      return { kind: 'trade', value: tradePlanFromWire(wire.value) };
    case 'report': {
      const { symbol, title, outcome, paragraphs, timestamp } = wire.value;
      return { kind: 'report', value: { symbol, title, outcome, paragraphs, timestamp: instantFromWire(timestamp) } };
    }
    default:
      return assertNever(wire);
  }
}
