import { readBarsFile } from '@bellwether/adapters';
import { calendarOf, formatInstant, MINUTE_MS, marketOf, regularSessionOnly } from '@bellwether/domain';
import {
  computeIndicator,
  faceValue,
  INDICATOR_CATALOGUE,
  outputIndex,
  parseIndicatorSpec,
} from '@bellwether/indicators';
import { type Command, type ExitCode, type Output, pairsOption, readArguments, usage } from '../command.ts';

export const indicators: Command = {
  name: 'indicators',
  summary: 'lists the indicators, or computes one over bars',
  usage: `bellwether indicators [--json]
bellwether indicators --values --bars SYM=file.csv --indicator RSI [--params '{"period":14}'] [--output name] [--json]`,
  async run(args, output) {
    const { values } = readArguments(args, {
      json: { type: 'boolean' },
      values: { type: 'boolean' },
      bars: { type: 'string', multiple: true },
      indicator: { type: 'string' },
      params: { type: 'string' },
      output: { type: 'string' },
    });
    if (values.values) {
      return computeValues(values.bars, values.indicator, values.params, values.output, values.json === true, output);
    }
    const items = [...INDICATOR_CATALOGUE.values()].map(
      ({ name, title, description, params, outputs, defaultOutput }) => ({
        name,
        title,
        description,
        params,
        outputs,
        default_output: defaultOutput,
      }),
    );
    if (values.json) output.out(JSON.stringify(items, null, 2));
    else
      for (const item of items)
        output.out(
          `${item.name.padEnd(12)}${item.params
            .map((param) => `${param.name} ${param.default}`)
            .join(', ')
            .padEnd(36)}${item.title}`,
        );
    return 0;
  },
};

async function computeValues(
  bars: readonly string[] | undefined,
  indicator: string | undefined,
  params: string | undefined,
  wanted: string | undefined,
  json: boolean,
  output: Output,
): Promise<ExitCode> {
  const [pair, ...more] = [...pairsOption(bars, 'bars')];
  if (pair === undefined || more.length > 0) throw usage('expected --bars SYMBOL=file once with --values');
  if (indicator === undefined) throw usage('expected --indicator with --values, such as --indicator RSI');
  const spec = parseIndicatorSpec({ indicator, params: readParams(params) });
  const index = outputIndex(spec, wanted);
  const [symbol, path] = pair;
  const calendar = calendarOf(marketOf(symbol));
  const series = regularSessionOnly(await readBarsFile(path, symbol, { calendar }), calendar);
  const sessions = new Float64Array(series.length);
  const minutes = new Float64Array(series.length);
  for (let i = 0; i < series.length; i++) {
    const session = calendar.sessionAt(series.start[i] as number);
    sessions[i] = session?.ordinal ?? i;
    minutes[i] = session === undefined ? 0 : ((series.start[i] as number) - session.opensAt) / MINUTE_MS;
  }
  const outputs = computeIndicator(spec, series, { ordinal: sessions, minutesSinceOpen: minutes });
  const column = Object.values(outputs)[index];
  if (column === undefined) throw usage(`expected an output of ${spec.indicator}, was "${wanted ?? ''}"`);
  const daily = series.timeframe === '1d';
  const rows = Array.from(column, (value, i) => {
    const start = series.start[i] as number;
    return {
      time: daily ? (calendar.sessionAt(start)?.date ?? formatInstant(start)) : formatInstant(start),
      value: faceValue(value),
    };
  });
  if (json) output.out(JSON.stringify({ indicator: spec.indicator, params: spec.params, values: rows }));
  else for (const row of rows) output.out(`${row.time}  ${row.value ?? 'warming up'}`);
  return 0;
}

function readParams(text: string | undefined): Record<string, unknown> {
  if (text === undefined) return {};
  try {
    const params: unknown = JSON.parse(text);
    if (typeof params === 'object' && params !== null && !Array.isArray(params))
      return params as Record<string, unknown>;
  } catch {
    // Told below in the same words as any other text that is no object.
  }
  throw usage(`expected --params as a JSON object such as {"period":14}, was "${text}"`);
}
