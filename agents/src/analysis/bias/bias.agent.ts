// Which way a symbol leans: closed bars → guards → facts sheet → rule analyst → bias signal.
import { factsGuards, factsSheet, frameBars, mergeRefusals, NullTables } from '@bellwether/analysis';
import { marketOf, type Timeframe } from '@bellwether/domain';
import { type AgentContext, type AgentDefinition, type Decision, defineAgent } from '@bellwether/kernel';
import { biasByRules } from './bias.rules.ts';
import { type BiasConfig, BiasConfigSchema, biasConfig } from './bias.schema.ts';

/**
 * Bars asked for: what the indicators need, and for the null the last 500 bars before the current month however late in the
 * month it is. A market that never closes has more bars in a month.
 */
const LOOKBACK_BARS: Readonly<Record<'US' | '24/7', Readonly<Record<Timeframe, number>>>> = {
  US: { '1m': 9_600, '5m': 2_400, '15m': 1_200, '1h': 700, '4h': 600, '1d': 600 },
  '24/7': { '1m': 45_200, '5m': 9_500, '15m': 3_500, '1h': 1_300, '4h': 700, '1d': 600 },
};

/** Declares the bias agent on a store of null tables, which every one of its decisions shares. */
export function biasAgentWith(tables: NullTables): AgentDefinition<BiasConfig> {
  return defineAgent<BiasConfig>({
    type: 'bias_agent',
    version: 1,
    category: 'analysis',
    name: 'Bias',
    description: 'Says which way a symbol leans, how strongly, and why.',
    icon: 'compass',
    rate: '0.08',
    reads: ['market_data'],
    writes: 'bias',
    config: { schema: BiasConfigSchema, parse: biasConfig },
    timeframes: (config) => config.analysisTimeframes,
    lookbackBars: (config) => Math.max(...config.analysisTimeframes.map((timeframe) => LOOKBACK_BARS.US[timeframe])),
    decide: (_input, config, context) => decide(config, context, tables),
  });
}

export const biasAgent = biasAgentWith(new NullTables());

function decide(config: BiasConfig, context: AgentContext, tables: NullTables): Decision {
  const asked = LOOKBACK_BARS[marketOf(context.symbol)];
  const series = config.analysisTimeframes.map((timeframe) => ({
    timeframe,
    bars: context.bars(timeframe, asked[timeframe]),
  }));
  const refusal = mergeRefusals(factsGuards({ symbol: context.symbol, now: context.now, frames: series }));
  if (refusal !== null) return { kind: 'blocked', refusal, summary: `Not judged: ${refusal.text}` };
  const sheet = factsSheet(
    {
      symbol: context.symbol,
      decidedAt: context.now,
      forcedFlatAt: context.forcedFlatAt,
      shortAllowed: true,
      feed: context.dataLabel().source,
      frames: series.map(({ timeframe, bars }) => frameBars(bars, asked[timeframe])),
    },
    tables,
  );
  const verdict = biasByRules(sheet, config);
  if (verdict.kind === 'abstained') {
    const text = `the analyst abstained: ${verdict.detail}`;
    return {
      kind: 'blocked',
      refusal: { rule: 'analyst_abstained', value: verdict.reason, threshold: null, distance: null, text },
      summary: `Not judged: ${verdict.detail}`,
    };
  }
  const { bias, confidence, biasScore } = verdict.signal;
  const score = `${biasScore > 0 ? '+' : ''}${biasScore.toFixed(2)}`;
  return {
    kind: 'output',
    output: { kind: 'bias', value: verdict.signal },
    summary: `${context.symbol} is ${bias}, strength ${confidence} (score ${score})`,
  };
}
