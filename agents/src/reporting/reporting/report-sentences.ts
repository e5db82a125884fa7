import {
  type BiasSignal,
  capWords,
  type EpochMs,
  formatInstant,
  type MarketData,
  priceText,
  type RiskDecision,
  type StrategySignal,
} from '@bellwether/domain';
import type { AgentContext, LaneStep, LaneStory, OrderSnapshot } from '@bellwether/kernel';

/** Returns the report's paragraphs, each a few plain sentences with exact numbers; what did not happen has none. */
export function reportParagraphs(story: LaneStory, context: AgentContext): string[] {
  const paragraphs = [startText(context)];
  for (const { output } of story.steps) {
    switch (output?.kind) {
      case 'market_data':
        paragraphs.push(seenText(output.value));
        break;
      case 'bias':
        paragraphs.push(biasText(output.value));
        break;
      case 'strategy':
        paragraphs.push(strategyText(output.value));
        break;
      case 'risk':
        paragraphs.push(riskText(output.value));
        break;
      default:
        break;
    }
  }
  paragraphs.push(...gateTexts(story.steps), ...orderTexts(story.orders), ...endTexts(story.steps));
  return paragraphs;
}

function startText(context: AgentContext): string {
  const mode =
    context.tradingMode === 'simulation'
      ? 'Simulation: no real money was used.'
      : `Trading mode: ${context.tradingMode}.`;
  return `${sentence(`Started at ${instantText(context.trigger.at)}: ${context.trigger.text}`)} ${mode}`;
}

function seenText(data: MarketData): string {
  const label = data.synthetic
    ? `synthetic data from ${data.source}, not a recording of a market`
    : `data from ${data.source}`;
  const indicators = data.timeframes.map(({ timeframe, bars, indicators: values }) => {
    const shown = Object.entries(values).map(
      ([name, value]) => `${name} ${value === null ? 'not warm yet' : number(value)}`,
    );
    return `${timeframe}: ${[`${bars} closed bars`, ...shown].join(', ')}.`;
  });
  return [
    `${data.symbol} stood at $${priceText(data.price)} at ${instantText(data.asOf)} (${label}).`,
    ...indicators,
  ].join(' ');
}

function biasText(bias: BiasSignal): string {
  const score = `${bias.biasScore > 0 ? '+' : ''}${bias.biasScore.toFixed(2)}`;
  return `Bias: ${bias.bias}, strength ${bias.confidence} of 100 (score ${score}). ${sentence(bias.reasoning)}`;
}

function strategyText(signal: StrategySignal): string {
  if (signal.action === 'hold') return 'Plan: hold.';
  const words = {
    open_long: 'buy',
    open_short: 'sell short',
    close_long: 'close the long',
    close_short: 'close the short',
    reverse: 'reverse',
    none: 'hold',
  };
  const levels = [
    signal.entryPrice === null ? null : `entry $${priceText(signal.entryPrice)}`,
    signal.stopLoss === null ? null : `stop $${priceText(signal.stopLoss)}`,
    signal.target1 === null ? null : `target 1 $${priceText(signal.target1)}`,
    signal.target2 === null ? null : `target 2 $${priceText(signal.target2)}`,
    signal.riskRewardRatio === null ? null : `reward to risk ${signal.riskRewardRatio}`,
  ].filter((text) => text !== null);
  const warnings =
    signal.warnings.length === 0 ? '' : ` Noted: ${sentence(signal.warnings.map(warningWords).join('; '))}`;
  return `Plan: ${[`${words[signal.intent]} ${signal.symbol}`, ...levels].join(', ')}. ${sentence(signal.reasoning)}${warnings}`;
}

function riskText(risk: RiskDecision): string {
  if (risk.caps.length === 0) return sentence(risk.reasoning);
  const caps = risk.caps.map(({ name, quantity }) => `${capWords(name)} ${quantity}`).join(', ');
  return `${sentence(risk.reasoning)} Every limit in shares: ${caps}${risk.bindingCap === null ? '' : `; ${capWords(risk.bindingCap)} is the smallest`}.`;
}

/** Gates pass or block without an output of their own. */
function gateTexts(steps: readonly LaneStep[]): string[] {
  return steps
    .filter(({ agentType, status }) => agentType === 'condition_gate' && status === 'done')
    .map(({ summary }) => sentence(summary));
}

function orderTexts(orders: readonly OrderSnapshot[]): string[] {
  return orders.map((order) => {
    const price =
      order.limitPrice !== null
        ? ` at $${priceText(order.limitPrice)}`
        : order.stopPrice !== null
          ? ` at stop $${priceText(order.stopPrice)}`
          : '';
    const filled =
      order.averagePrice === null
        ? 'nothing filled'
        : `${order.filledQuantity} filled at $${priceText(order.averagePrice)} on average, commission $${priceText(order.commission)}`;
    const cut =
      order.cut === undefined
        ? ''
        : ` of ${order.cut.decidedQuantity} decided (${capWords(order.cut.rule)} of the account allows no more)`;
    const reason = order.reason === null ? '' : ` (${order.reason})`;
    return `Order to ${order.side} ${order.quantity}${cut} ${order.symbol}, ${order.type}${price}, for the ${order.purpose.replaceAll('_', ' ')}: ${order.status}${reason}; ${filled}.`;
  });
}

function endTexts(steps: readonly LaneStep[]): string[] {
  return steps.flatMap(({ status, agentType, refusal, summary }) => {
    if (status === 'failed') return [`The ${codeWords(agentType)} failed. ${sentence(summary)}`];
    if (status !== 'blocked' || refusal === null) return [];
    const numbers = [
      refusal.value === null ? null : `value ${refusal.value}`,
      refusal.threshold === null ? null : `threshold ${refusal.threshold}`,
      refusal.distance === null ? null : `distance ${refusal.distance}`,
    ].filter((text) => text !== null);
    return [
      `Not traded, by the rule “${codeWords(refusal.rule)}”${numbers.length === 0 ? '' : ` (${numbers.join(', ')})`}. ${sentence(refusal.text)}`,
    ];
  });
}

/** Ends with a full stop and begins with a capital. */
function sentence(text: string): string {
  const trimmed = text.trim();
  if (trimmed === '') return '';
  const capital = trimmed.charAt(0).toUpperCase() + trimmed.slice(1);
  return /[.!?]$/.test(capital) ? capital : `${capital}.`;
}

/** Minutes in UTC: a report is read in any zone, and whoever shows it may turn the time into the reader's. */
function instantText(at: EpochMs): string {
  return `${formatInstant(at).slice(0, 16).replace('T', ' ')} UTC`;
}

const WARNINGS: Readonly<Record<string, string>> = {
  null_generic: 'too few bars of its own for this symbol, so it was compared with a typical one',
  frame_left_out: 'a timeframe was left out for want of bars',
  bias_too_weak: 'the score is weaker than the bias node asks for',
};

function warningWords(code: string): string {
  return WARNINGS[code] ?? codeWords(code);
}

function codeWords(code: string): string {
  return code.replaceAll('_', ' ');
}

function number(value: number): string {
  return String(Math.round(value * 1_000_000) / 1_000_000);
}
