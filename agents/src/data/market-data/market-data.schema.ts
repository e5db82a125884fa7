import { sortTimeframes, TIMEFRAMES, type Timeframe } from '@bellwether/domain';
import { definitionOf, type IndicatorSpec, parseIndicatorSpec } from '@bellwether/indicators';
import { readConfig, readField } from '@bellwether/kernel';
import Type, { type Static } from 'typebox';

const AGENT = 'market_data_agent';

const IndicatorItem = Type.Union([
  Type.String({ minLength: 1, maxLength: 60 }),
  Type.Object(
    {
      indicator: Type.String({ minLength: 1, maxLength: 60 }),
      params: Type.Optional(Type.Record(Type.String(), Type.Number())),
      source: Type.Optional(Type.String({ maxLength: 20 })),
      name: Type.Optional(Type.String({ minLength: 1, maxLength: 60 })),
    },
    { additionalProperties: false },
  ),
]);

/** What the form of a market data node is drawn from; names and units of the wire. */
export const MarketDataConfigSchema = Type.Object(
  {
    timeframes: Type.Optional(
      Type.Array(Type.Enum([...TIMEFRAMES]), {
        title: 'Timeframes',
        description:
          'Bars to fetch: every timeframe that a later node reads. Left out, the pipeline’s primary timeframe.',
        default: ['5m'],
        format: 'timeframes',
        minItems: 1,
        maxItems: TIMEFRAMES.length,
      }),
    ),
    indicators: Type.Optional(
      Type.Array(IndicatorItem, {
        title: 'Indicators',
        description: 'Shown beside the bars, such as SMA_20, RSI or MACD. Conditions bring their own.',
        default: [],
        maxItems: 30,
      }),
    ),
    lookback_bars: Type.Optional(
      Type.Integer({
        title: 'History',
        description: 'Bars per timeframe that warm the indicators up.',
        default: 250,
        minimum: 1,
        maximum: 20_000,
      }),
    ),
    extended_hours: Type.Optional(
      Type.Boolean({
        title: 'Extended hours',
        description: 'Also minutes outside the regular session.',
        default: false,
      }),
    ),
  },
  { additionalProperties: false },
);

/** An indicator with the keys under which its outputs are shown. */
export interface NamedIndicator {
  readonly spec: IndicatorSpec;
  /** By output, such as `signal` → `MACD.signal`; an indicator of one output goes by its name alone. */
  readonly keys: Readonly<Record<string, string>>;
}

export interface MarketDataConfig {
  /** Shortest first, each once. */
  readonly timeframes: readonly Timeframe[];
  readonly indicators: readonly NamedIndicator[];
  readonly lookbackBars: number;
  readonly extendedHours: boolean;
}

/** Reads a node's config. Throws `config/invalid` naming an indicator that does not exist or a parameter out of range. */
export function marketDataConfig(config: unknown): MarketDataConfig {
  const wire = readConfig(AGENT, MarketDataConfigSchema, config);
  return {
    timeframes: sortTimeframes(wire.timeframes),
    indicators: wire.indicators.map((item, i) => readField(AGENT, `indicators.${i}`, () => namedIndicator(item))),
    lookbackBars: wire.lookback_bars,
    extendedHours: wire.extended_hours,
  };
}

function namedIndicator(item: Static<typeof IndicatorItem>): NamedIndicator {
  const spec = parseIndicatorSpec(item);
  const given = typeof item === 'string' ? item : item.name;
  const values = Object.values(spec.params).map((value) => `_${value}`);
  const name = given ?? `${spec.indicator}${values.join('')}`;
  const { outputs } = definitionOf(spec);
  const keys = outputs.map((output) => [output, outputs.length === 1 ? name : `${name}.${output}`] as const);
  return { spec, keys: Object.fromEntries(keys) };
}
