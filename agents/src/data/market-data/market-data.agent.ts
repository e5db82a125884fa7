// What the market shows at this instant: closed bars and indicators → one summary per timeframe.
import { type Bar, barAt, priceText, type Timeframe, type TimeframeData } from '@bellwether/domain';
import { type AgentContext, type Decision, defineAgent } from '@bellwether/kernel';
import { type MarketDataConfig, MarketDataConfigSchema, marketDataConfig } from './market-data.schema.ts';

export const marketDataAgent = defineAgent<MarketDataConfig>({
  type: 'market_data_agent',
  version: 1,
  category: 'data',
  name: 'Market data',
  description: 'Fetches closed bars of the chosen timeframes and computes indicators on them.',
  icon: 'chart-candlestick',
  rate: '0',
  reads: [],
  readsAnyOf: ['trigger', 'universe'],
  writes: 'market_data',
  config: { schema: MarketDataConfigSchema, parse: marketDataConfig },
  timeframes: ({ timeframes }) => timeframes,
  lookbackBars: ({ lookbackBars }) => lookbackBars,
  extendedHours: ({ extendedHours }) => extendedHours,
  indicators: ({ timeframes, indicators }) =>
    timeframes.flatMap((timeframe) => indicators.map(({ spec }) => ({ timeframe, spec }))),
  decide: (_input, config, context) => decide(config, context),
});

function decide(config: MarketDataConfig, context: AgentContext): Decision {
  const seen = config.timeframes.flatMap((timeframe) => readTimeframe(timeframe, config, context));
  const newest = seen.reduce<Bar | null>(
    (best, { last }) => (best === null || last.end > best.end ? last : best),
    null,
  );
  if (newest === null) {
    const text = `no closed bar of ${context.symbol} on ${config.timeframes.join(', ')} yet`;
    return {
      kind: 'blocked',
      refusal: { rule: 'no_bars', value: 0, threshold: 1, distance: 1, text },
      summary: text,
    };
  }
  const { source, synthetic } = context.dataLabel();
  const value = { symbol: context.symbol, asOf: newest.end, price: newest.close, timeframes: seen, synthetic, source };
  const counts = seen.map(({ timeframe, bars }) => `${bars} × ${timeframe}`).join(', ');
  return {
    kind: 'output',
    output: { kind: 'market_data', value },
    summary: `${context.symbol} at $${priceText(newest.close)} (${counts}${synthetic ? ', synthetic data' : ''})`,
  };
}

/** A timeframe of which no bar has closed yet is left out. */
function readTimeframe(timeframe: Timeframe, config: MarketDataConfig, context: AgentContext): TimeframeData[] {
  const bars = context.bars(timeframe, config.lookbackBars);
  if (bars.length === 0) return [];
  const indicators: Record<string, number | null> = {};
  for (const { spec, keys } of config.indicators) {
    const values = context.indicator(spec, timeframe);
    for (const [output, key] of Object.entries(keys)) indicators[key] = values[output] ?? null;
  }
  return [{ timeframe, bars: bars.length, last: barAt(bars, bars.length - 1), indicators }];
}
