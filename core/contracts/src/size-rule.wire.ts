import { assertNever, type SizeRule, type Sizing } from '@bellwether/domain';
import type { SizeRuleWire } from './outputs.schema.ts';

export function sizeRuleToWire(rule: SizeRule): SizeRuleWire {
  const { limits } = rule;
  return {
    sizing: sizingToWire(rule.sizing),
    limits: {
      max_position_fraction: limits.maxPositionFraction,
      max_symbol_exposure_fraction: limits.maxSymbolExposureFraction,
      gross_exposure_fraction: limits.grossExposureFraction,
      open_risk_fraction: limits.openRiskFraction,
      max_batch_risk_fraction: limits.maxBatchRiskFraction,
      order_notional: limits.orderNotional,
      average_volume_shares: limits.averageVolumeShares,
      max_open_positions: limits.maxOpenPositions,
      min_risk_reward: limits.minRiskReward,
    },
    allow_short: rule.allowShort,
    conviction_factor: rule.convictionFactor,
    quantity_increment: rule.quantityIncrement,
    price_increment: rule.priceIncrement,
  };
}

export function sizeRuleFromWire(wire: SizeRuleWire): SizeRule {
  const { limits } = wire;
  return {
    sizing: sizingFromWire(wire.sizing),
    limits: {
      maxPositionFraction: limits.max_position_fraction,
      maxSymbolExposureFraction: limits.max_symbol_exposure_fraction,
      grossExposureFraction: limits.gross_exposure_fraction,
      openRiskFraction: limits.open_risk_fraction,
      maxBatchRiskFraction: limits.max_batch_risk_fraction,
      orderNotional: limits.order_notional,
      averageVolumeShares: limits.average_volume_shares,
      maxOpenPositions: limits.max_open_positions,
      minRiskReward: limits.min_risk_reward,
    },
    allowShort: wire.allow_short,
    convictionFactor: wire.conviction_factor,
    quantityIncrement: wire.quantity_increment,
    priceIncrement: wire.price_increment,
  };
}

function sizingToWire(sizing: Sizing): SizeRuleWire['sizing'] {
  switch (sizing.kind) {
    case 'risk_fraction':
      return { kind: sizing.kind, fraction: sizing.fraction };
    case 'equity_fraction':
      return { kind: sizing.kind, fraction: sizing.fraction, cash_buffer_fraction: sizing.cashBufferFraction };
    case 'fixed_quantity':
      return { kind: sizing.kind, quantity: sizing.quantity };
    case 'fixed_notional':
      return { kind: sizing.kind, amount: sizing.amount };
    default:
      return assertNever(sizing);
  }
}

function sizingFromWire(wire: SizeRuleWire['sizing']): Sizing {
  switch (wire.kind) {
    case 'risk_fraction':
      return { kind: wire.kind, fraction: wire.fraction };
    case 'equity_fraction':
      return { kind: wire.kind, fraction: wire.fraction, cashBufferFraction: wire.cash_buffer_fraction };
    case 'fixed_quantity':
      return { kind: wire.kind, quantity: wire.quantity };
    case 'fixed_notional':
      return { kind: wire.kind, amount: wire.amount };
    default:
      return assertNever(wire);
  }
}
