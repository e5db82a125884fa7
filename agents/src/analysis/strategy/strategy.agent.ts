// Where to enter, where to be wrong, where to be right: closed bars and a bias → guards → facts sheet → rule analyst → plan.
import { factsGuards, factsSheet, frameBars, mergeRefusals } from '@bellwether/analysis';
import type { BiasSignal, Timeframe } from '@bellwether/domain';
import { type AgentContext, type Decision, defineAgent } from '@bellwether/kernel';
import { strategyByRules } from './strategy.rules.ts';
import { type StrategyConfig, StrategyConfigSchema, strategyConfig } from './strategy.schema.ts';

/** Bars asked for: 600 for the indicators; on minutes as much again as 20 sessions take, for relative volume. */
const LOOKBACK_BARS: Readonly<Record<Timeframe, number>> = {
  '1m': 8_200,
  '5m': 1_700,
  '15m': 600,
  '1h': 600,
  '4h': 600,
  '1d': 600,
};

export const strategyAgent = defineAgent<StrategyConfig>({
  type: 'strategy_agent',
  version: 1,
  category: 'analysis',
  name: 'Strategy',
  description: 'Turns a bias into entry, stop and two targets, or says why not.',
  icon: 'target',
  rate: '0.10',
  reads: ['market_data', 'bias'],
  writes: 'strategy',
  config: { schema: StrategyConfigSchema, parse: strategyConfig },
  timeframes: (config) => [config.timeframe],
  lookbackBars: (config) => LOOKBACK_BARS[config.timeframe],
  decide(input, config, context) {
    if (input.bias === undefined) {
      const text = 'no bias reached this node; connect a bias agent before it';
      return {
        kind: 'blocked',
        refusal: { rule: 'input_missing', value: 'bias', threshold: null, distance: null, text },
        summary: text,
      };
    }
    return plan(input.bias, config, context);
  },
});

function plan(bias: BiasSignal, config: StrategyConfig, context: AgentContext): Decision {
  const asked = LOOKBACK_BARS[config.timeframe];
  const bars = context.bars(config.timeframe, asked);
  const refusal = mergeRefusals(
    factsGuards({ symbol: context.symbol, now: context.now, frames: [{ timeframe: config.timeframe, bars }] }),
  );
  if (refusal !== null) return { kind: 'blocked', refusal, summary: `Not planned: ${refusal.text}` };
  const sheet = factsSheet(
    {
      symbol: context.symbol,
      decidedAt: context.now,
      forcedFlatAt: context.forcedFlatAt,
      // Only a sell asks whether the account may sell short.
      shortAllowed: bias.bias !== 'bearish' || context.account().allowShort,
      feed: context.dataLabel().source,
      frames: [frameBars(bars, asked)],
    },
    null,
  );
  const verdict = strategyByRules(sheet, bias, config);
  if (verdict.kind === 'abstained') {
    const text = `the analyst abstained: ${verdict.detail}`;
    return {
      kind: 'blocked',
      refusal: { rule: 'analyst_abstained', value: verdict.reason, threshold: null, distance: null, text },
      summary: text,
    };
  }
  return { kind: 'output', output: { kind: 'strategy', value: verdict.signal }, summary: verdict.signal.reasoning };
}
