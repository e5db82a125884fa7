// Trades by the user's own rules: closed bars and the lane's position → which rules are met → open, close, reverse or hold.
import { type LevelFinding, levelGuards, riskReward } from '@bellwether/analysis';
import { type ConditionGroup, type ConditionReading, type TermReading, timeframesOf } from '@bellwether/conditions';
import { type Intent, priceText, type StrategySignal, sortTimeframes } from '@bellwether/domain';
import { type IndicatorSpec, parseIndicatorSpec } from '@bellwether/indicators';
import { type AgentContext, type AgentInput, type Decision, defineAgent } from '@bellwether/kernel';
import { type RuleLevels, ruleLevels } from './rule-levels.ts';
import { type RuleStrategyConfig, RuleStrategyConfigSchema, ruleStrategyConfig } from './rule-strategy.schema.ts';

/** Bars in which the last confirmed swing is looked for. */
const SWING_BARS = 250;

export const ruleStrategyAgent = defineAgent<RuleStrategyConfig>({
  type: 'rule_strategy_agent',
  version: 1,
  category: 'analysis',
  name: 'Rule strategy',
  description: 'Opens, closes and reverses by conditions of your own, with stop and targets measured by rule.',
  icon: 'list-checks',
  rate: '0',
  reads: ['market_data'],
  readsOptionally: ['bias'],
  writes: 'strategy',
  config: { schema: RuleStrategyConfigSchema, parse: ruleStrategyConfig },
  timeframes: (config) => sortTimeframes(groupsOf(config).flatMap((group) => timeframesOf(group, config.timeframe))),
  conditions: (config) => groupsOf(config).map((group) => ({ timeframe: config.timeframe, group })),
  indicators: (config) => {
    const spec = atrOf(config);
    return spec === null ? [] : [{ timeframe: config.timeframe, spec }];
  },
  decide,
});

function groupsOf(config: RuleStrategyConfig): ConditionGroup[] {
  const groups = [config.longEntry, config.longExit, config.shortEntry, config.shortExit];
  return groups.filter((group) => group.conditions.length > 0);
}

const ATRS = new Map<number, IndicatorSpec>();

/** The average true range that the stop is measured in; null where the rules need none. */
function atrOf({ stop }: RuleStrategyConfig): IndicatorSpec | null {
  if (stop.type !== 'atr' && stop.type !== 'swing') return null;
  const known = ATRS.get(stop.period) ?? parseIndicatorSpec({ indicator: 'ATR', params: { period: stop.period } });
  ATRS.set(stop.period, known);
  return known;
}

interface Choice {
  readonly intent: Intent;
  readonly code: string;
  readonly text: string;
}

function decide(input: AgentInput, config: RuleStrategyConfig, context: AgentContext): Decision {
  const data = input.market_data;
  if (data === undefined) {
    const text = 'no market data reached this node; connect a market data agent before it';
    return {
      kind: 'blocked',
      refusal: { rule: 'input_missing', value: 'market_data', threshold: null, distance: null, text },
      summary: text,
    };
  }
  const choice = choose(config, context);
  const signal = (parts: Partial<StrategySignal>, reasoning: string): Decision => {
    const value: StrategySignal = {
      symbol: context.symbol,
      asOf: data.asOf,
      timestamp: context.now,
      action: 'hold',
      intent: 'none',
      entryOrder: 'market',
      conviction: 0,
      entryPrice: null,
      stopLoss: null,
      target1: null,
      target2: null,
      riskRewardRatio: null,
      reasoning,
      technicalFactors: [],
      atr: null,
      breakEvenWinRate: null,
      holdReasons: [],
      warnings: [],
      analyst: 'rules',
      model: null,
      ...parts,
    };
    return { kind: 'output', output: { kind: 'strategy', value }, summary: `${headline(value)}: ${reasoning}` };
  };
  const factors = [{ text: choice.text, evidence: [choice.code] }];
  switch (choice.intent) {
    case 'none':
      return signal({ holdReasons: [choice.code] }, choice.text);
    case 'close_long':
    case 'close_short':
      return signal(
        {
          action: choice.intent === 'close_long' ? 'sell' : 'buy',
          intent: choice.intent,
          conviction: 100,
          entryPrice: data.price,
          technicalFactors: factors,
        },
        choice.text,
      );
    default:
      break;
  }
  const side =
    choice.intent === 'open_long' || (choice.intent === 'reverse' && context.position().side === 'short')
      ? 'buy'
      : 'sell';
  const spec = atrOf(config);
  const atr = spec === null ? null : (context.indicator(spec, config.timeframe)['value'] ?? null);
  const found = ruleLevels(side, data.price, config, {
    atr,
    bars: context.bars(config.timeframe, config.stop.type === 'swing' ? SWING_BARS : 1),
  });
  if (found.kind === 'hold') return signal({ holdReasons: [found.code], atr }, found.text);
  const { levels } = found;
  const findings = guards(side, levels, atr, choice.intent, input, context, config);
  const held = findings.filter(({ outcome }) => outcome === 'hold');
  if (held.length > 0) {
    return signal(
      { holdReasons: held.map(({ code }) => code), atr },
      `${choice.text}, but ${held.map(({ text }) => text).join('; ')}`,
    );
  }
  const ratio = riskReward(levels.entry, levels.stop, levels.target1);
  return signal(
    {
      action: side,
      intent: choice.intent,
      entryOrder: config.entryOrder,
      conviction: 100,
      entryPrice: levels.entry,
      stopLoss: levels.stop,
      target1: levels.target1,
      target2: levels.target2,
      riskRewardRatio: ratio === null ? null : Math.round(ratio * 100) / 100,
      technicalFactors: factors,
      atr,
      breakEvenWinRate: ratio === null ? null : 1 / (1 + ratio),
      warnings: findings.map(({ text }) => text),
    },
    choice.text,
  );
}

/** What the rules ask for, by the lane's own position. */
function choose(config: RuleStrategyConfig, context: AgentContext): Choice {
  const position = context.position();
  if (position.orderPending) {
    return {
      intent: 'none',
      code: 'order_pending',
      text: `an order of this pipeline in ${context.symbol} is still on its way`,
    };
  }
  const read = (group: ConditionGroup) =>
    group.conditions.length === 0 ? null : context.condition(group, config.timeframe);
  if (position.side === 'flat') {
    const long = read(config.longEntry);
    const short = read(config.shortEntry);
    if (long?.met === true && short?.met === true) {
      return {
        intent: 'none',
        code: 'both_entries',
        text: `long and short entry are both met: ${long.text}; ${short.text}`,
      };
    }
    if (long?.met === true) return { intent: 'open_long', code: 'long_entry', text: `long entry is met: ${long.text}` };
    if (short?.met === true)
      return { intent: 'open_short', code: 'short_entry', text: `short entry is met: ${short.text}` };
    const isCold = [long, short].every((reading) => reading === null || !reading.warm);
    return {
      intent: 'none',
      code: isCold ? 'not_warm' : 'no_entry',
      text: `flat, and no entry is met: ${[why('long', long), why('short', short)].filter((text) => text !== null).join('; ')}`,
    };
  }
  const isLong = position.side === 'long';
  const close = isLong ? 'close_long' : 'close_short';
  const exit = read(isLong ? config.longExit : config.shortExit);
  if (exit?.met === true)
    return { intent: close, code: `${position.side}_exit`, text: `${position.side} exit is met: ${exit.text}` };
  const opposite = read(isLong ? config.shortEntry : config.longEntry);
  if (opposite?.met === true) {
    const entry = isLong ? 'short' : 'long';
    return {
      intent: config.reverseOnOpposite ? 'reverse' : close,
      code: `${entry}_entry`,
      text: `${entry} entry is met while ${position.side}: ${opposite.text}`,
    };
  }
  return {
    intent: 'none',
    code: 'no_exit',
    text: `${position.side} ${position.quantity}, and nothing asks to leave${exit === null ? '' : `: ${why('exit', exit)}`}`,
  };
}

function why(name: string, reading: ConditionReading | null): string | null {
  if (reading === null) return null;
  const term = reading.terms.find(({ met }) => !met) ?? reading.terms[0];
  return term === undefined ? `${name}: ${reading.text}` : `${name}: ${termText(term)}`;
}

function termText(term: TermReading): string {
  if (!term.warm) return `${term.text} (not warm yet)`;
  return term.left === null ? term.text : `${term.text} (${plain(term.left)})`;
}

function plain(value: number): string {
  return String(Math.round(value * 10_000) / 10_000);
}

function guards(
  side: 'buy' | 'sell',
  levels: RuleLevels,
  atr: number | null,
  intent: Intent,
  input: AgentInput,
  context: AgentContext,
  config: RuleStrategyConfig,
): LevelFinding[] {
  const findings = levelGuards(
    {
      action: side,
      entryPrice: levels.entry,
      stopLoss: levels.stop,
      target1: levels.target1,
      target2: levels.target2,
      claimedRiskReward: null,
    },
    {
      atr,
      riskRewardMin: null,
      bias: input.bias?.bias ?? null,
      direction: 'both',
      // A reversal closes in any case; whether the short may be opened is the risk manager's question.
      shortAllowed: intent !== 'open_short' || context.account().allowShort,
      // The distances are the user's own decision: they warn.
      distances: 'warn',
    },
  );
  // A market order has no price of its own to be on an increment; stop and targets were put on it.
  return config.entryOrder === 'market' ? findings.filter(({ code }) => code !== 'off_tick') : findings;
}

const HEADLINES: Readonly<Record<Intent, string>> = {
  open_long: 'Buy',
  open_short: 'Sell short',
  close_long: 'Close the long',
  close_short: 'Close the short',
  reverse: 'Reverse',
  none: 'Hold',
};

function headline(signal: StrategySignal): string {
  const levels = [
    signal.entryPrice === null ? null : `at $${priceText(signal.entryPrice)}`,
    signal.stopLoss === null ? null : `stop $${priceText(signal.stopLoss)}`,
    signal.target1 === null
      ? null
      : `target ${[signal.target1, signal.target2].flatMap((price) => (price === null ? [] : [`$${priceText(price)}`])).join(' and ')}`,
  ].filter((text) => text !== null);
  return [HEADLINES[signal.intent], signal.symbol, levels.join(', ')].join(' ').trimEnd();
}
