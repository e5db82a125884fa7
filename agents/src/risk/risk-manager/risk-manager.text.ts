import { capWords, formatMoney, formatQuantity, parseMoney, priceText, type StrategySignal } from '@bellwether/domain';
import type { AccountView, LanePosition, SizeResult } from '@bellwether/kernel';
import type { RiskManagerConfig } from './risk-manager.schema.ts';

/** Returns "Close 66 AAPL held long". */
export function closingText(symbol: string, position: LanePosition): string {
  return `Close ${position.quantity} ${symbol} held ${position.side}`;
}

/** Returns the size with the rule that gave it, the cap that bound it and what is at stake: exact numbers with their units. */
export function sizingText(
  signal: StrategySignal,
  price: number,
  config: RiskManagerConfig,
  account: AccountView,
  sized: SizeResult,
): string {
  const equity = priceText(formatMoney(parseMoney(account.equity)));
  const verb = signal.action === 'buy' ? 'Buy' : 'Sell short';
  const parts = [
    `${verb} ${formatQuantity(sized.quantity)} ${signal.symbol} at about $${priceText(price)}, $${priceText(formatMoney(sized.notional))} of $${equity} equity`,
  ];
  const rule = `${ruleText(config)} asks for ${formatQuantity(sized.wanted)}`;
  parts.push(
    sized.quantity < sized.wanted && sized.bindingCap !== null
      ? `${rule}, ${capWords(sized.bindingCap)} allows ${formatQuantity(sized.quantity)}`
      : rule,
  );
  if (sized.riskAmount !== null && sized.riskPct !== null) {
    parts.push(
      `at the stop $${priceText(formatMoney(sized.riskAmount))} is lost, ${Math.round(sized.riskPct * 1000) / 1000} % of equity`,
    );
  }
  if (config.sizeReference === 'fill_price') parts.push('the open that fills the order decides the final size');
  return parts.join('; ');
}

function ruleText({ sizing }: RiskManagerConfig): string {
  switch (sizing.kind) {
    case 'risk_fraction':
      return `risking ${percent(sizing.fraction)} of equity`;
    case 'equity_fraction':
      return `investing ${percent(sizing.fraction)} of equity less ${percent(sizing.cashBufferFraction)} buffer`;
    case 'fixed_quantity':
      return 'the fixed quantity';
    case 'fixed_notional':
      return `the fixed amount of $${priceText(sizing.amount)}`;
    default:
      return sizing satisfies never;
  }
}

function percent(fraction: number): string {
  return `${Math.round(fraction * 1_000_000) / 10_000} %`;
}
