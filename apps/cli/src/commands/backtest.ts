import { once } from 'node:events';
import { createWriteStream, openSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { type BacktestResult, runBacktest } from '@bellwether/virtual';
import { type Command, dateOption, numberOption, pairsOption, readArguments, usage } from '../command.ts';
import { sha256 } from '../digests.ts';
import { JournalLines } from '../journal-lines.ts';
import { planOf, readDocument } from '../read-document.ts';
import { readTape } from '../read-tape.ts';

export const backtest: Command = {
  name: 'backtest',
  summary: 'trades a pipeline document over recorded bars',
  usage: `bellwether backtest <pipeline.json> --bars SYM=file.csv … [--factors SYM=file.csv …]
  [--from D] [--to D]   session dates, both included
  [--warmup N]          bars of history before --from (default: the market data node's lookback_bars)
  [--cash N] [--seed N] instead of the document's initial_balance and seed
  [--journal out.jsonl] every decision, for \`bellwether replay\`
  [--json]              the whole result as one object`,
  async run(args, output) {
    const { values, positionals } = readArguments(args, {
      bars: { type: 'string', multiple: true },
      factors: { type: 'string', multiple: true },
      from: { type: 'string' },
      to: { type: 'string' },
      warmup: { type: 'string' },
      cash: { type: 'string' },
      seed: { type: 'string' },
      journal: { type: 'string' },
      json: { type: 'boolean' },
    });
    const [path, ...more] = positionals;
    if (path === undefined || more.length > 0) throw usage(`expected one pipeline document, was ${positionals.length}`);
    const bars = pairsOption(values.bars, 'bars');
    if (bars.size === 0) throw usage('expected --bars SYMBOL=file at least once, was none');
    const from = dateOption(values.from, 'from');
    const to = dateOption(values.to, 'to');
    if (from !== null && to !== null && from > to)
      throw usage(`expected --from at or before --to, was ${from} after ${to}`);
    const warmup = numberOption(values.warmup, 'warmup', { minimum: 0, integer: true });
    const seed = numberOption(values.seed, 'seed', { minimum: 0, integer: true });
    const cash = numberOption(values.cash, 'cash', { minimum: 0 });
    if (cash === 0) throw usage('expected --cash above 0, was 0; without money nothing can be traded');

    const document = await readDocument(path);
    const plan = planOf(document, path, { symbols: [...bars.keys()] });
    const tape = await readTape(bars, pairsOption(values.factors, 'factors'), plan.extendedHours);
    const file = values.journal === undefined ? null : journalFile(values.journal);
    const lines = file === null ? null : new JournalLines(file, document, [...bars.keys()]);
    const result = runBacktest(plan, tape, {
      from,
      to,
      sha256,
      stopwatch: () => performance.now() / 1000,
      ...(warmup === undefined ? {} : { warmup }),
      ...(seed === undefined ? {} : { seed }),
      ...(values.cash === undefined || cash === undefined ? {} : { cash: values.cash }),
      ...(lines === null ? {} : { journal: lines.event, keepAnswers: lines.answers }),
    });
    if (file !== null) await finish(file);
    output.out(values.json ? JSON.stringify(result) : describe(plan.pipeline.name, result));
    return 0;
  },
};

/** Opened before anything is traded, so that a path that cannot be written costs nothing. */
function journalFile(path: string): Writable {
  try {
    return createWriteStream(path, { fd: openSync(path, 'w') });
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw usage(
      `expected --journal to be a file that can be written, was ${path} (${reason}); check the folder and its permissions`,
    );
  }
}

async function finish(stream: Writable): Promise<void> {
  stream.end();
  await once(stream, 'finish');
}

function describe(name: string, result: BacktestResult): string {
  const percent = (value: number | null) => (value === null ? 'n/a' : `${value.toFixed(2)} %`);
  const ratio = (value: number | null) => (value === null ? 'n/a' : value.toFixed(2));
  const rows: [string, string][] = [
    ['symbols', result.symbols.join(', ')],
    ['sessions', `${result.from ?? '–'} to ${result.to ?? '–'}: ${result.sessions} sessions, ${result.bars} bars`],
    ['equity', `$${result.equity_start} → $${result.equity_final} (${percent(result.total_return_pct)})`],
    ['drawdown', `$${result.max_drawdown_amount} at most, ${percent(result.max_drawdown_pct)}`],
    [
      'trades',
      `${result.trades.length} closed, ${result.open_positions.length} open, ${result.fills.length} fills, $${result.commissions} commission`,
    ],
    ['win rate', `${percent(result.win_rate)}, profit factor ${ratio(result.profit_factor)}`],
    [
      'ratios',
      `Sharpe ${ratio(result.sharpe_ratio)}, Sortino ${ratio(result.sortino_ratio)}, in the market ${percent(result.exposure_pct)} of the bars`,
    ],
    [
      'decisions',
      `${result.decisions}; not traded: ${
        Object.entries(result.blocked)
          .map(([reason, count]) => `${reason} ${count}`)
          .join(', ') || 'none'
      }`,
    ],
    ['order hash', result.order_hash],
    ['speed', `${result.bars_per_second.toLocaleString('en-US')} bars/s in ${result.elapsed_seconds.toFixed(3)} s`],
  ];
  return [name, ...rows.map(([label, value]) => `  ${label.padEnd(11)}${value}`)].join('\n');
}
