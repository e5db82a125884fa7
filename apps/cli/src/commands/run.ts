import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { DEMO_TAPES, demoTape } from '@bellwether/adapters';
import { eventToWire } from '@bellwether/contracts';
import { calendarOf, type EpochMs, marketOf } from '@bellwether/domain';
import type { ExecutionEvent, ExecutionPlan } from '@bellwether/kernel';
import { runOnce, type TapeSymbol } from '@bellwether/virtual';
import { type Command, numberOption, readArguments, usage } from '../command.ts';
import { sha256 } from '../digests.ts';
import { planOf, readDocument } from '../read-document.ts';
import { readTape } from '../read-tape.ts';

export const run: Command = {
  name: 'run',
  summary: 'runs a pipeline once in simulation, its journal on stdout',
  usage: `bellwether run <pipeline.json> [--tape dir|id] [--speed N]

Starts one execution at once, without waiting for a trigger, and plays the tape until it is over and its position is closed.
  --tape   a folder of bar files named SYMBOL.csv or SYMBOL_….csv, or a demo tape: ${DEMO_TAPES.map(({ id }) => id).join(', ')}
           (default: the demo tape that holds the pipeline's symbol)
  --speed  market seconds per second between lines (default: as fast as it goes)`,
  async run(args, output) {
    const { values, positionals } = readArguments(args, {
      tape: { type: 'string' },
      speed: { type: 'string' },
      json: { type: 'boolean' },
    });
    const [path, ...more] = positionals;
    if (path === undefined || more.length > 0) throw usage(`expected one pipeline document, was ${positionals.length}`);
    const speed = numberOption(values.speed, 'speed', { minimum: 0.001 });
    const document = planOf(await readDocument(path), path);
    const plan = simulated(document);
    if (plan !== document)
      output.err(`simulated: the document is for ${document.pipeline.tradingMode}, and nothing leaves this command`);
    const tape = await tapeFor(plan, values.tape);
    output.err(`data: ${tape[0]?.label.source ?? 'none'}`);
    const lines: { at: EpochMs; text: string }[] = [];
    const journal = (executionId: string, journalSeq: number, event: ExecutionEvent): void => {
      const wire = eventToWire(event, {
        executionId,
        pipelineId: plan.pipeline.id ?? 'run',
        journalSeq,
        seq: null,
        recordedAt: event.at,
      });
      lines.push({ at: event.at, text: JSON.stringify(wire) });
    };
    const { refusal } = runOnce(plan, tape, { sha256, journal, ...startAfterHistory(plan, tape) });
    if (refusal !== null) throw usage(`${path}: no execution was started: ${refusal}`);
    let before = lines[0]?.at ?? 0;
    for (const { at, text } of lines) {
      if (speed !== undefined && at > before) await wait((at - before) / speed);
      before = at;
      output.out(text);
    }
    return 0;
  },
};

/** Whatever the document is for, its orders meet the simulated exchange here, and its journal says so. */
function simulated(plan: ExecutionPlan): ExecutionPlan {
  const { pipeline } = plan;
  if (pipeline.tradingMode === 'simulation' || pipeline.tradingMode === 'validation') return plan;
  return { ...plan, pipeline: { ...pipeline, tradingMode: 'simulation' } };
}

/** Leaves the bars that indicators need in front of the start, where the tape is long enough. */
function startAfterHistory(plan: ExecutionPlan, tape: readonly TapeSymbol[]): { from?: string } {
  const first = tape.find(({ symbol }) => plan.symbols.includes(symbol)) ?? tape[0];
  if (first === undefined || first.bars.length < 2) return {};
  const row = Math.min(plan.lookbackBars, Math.floor(first.bars.length / 2));
  return { from: first.calendar.exchangeDay((first.bars.start[row] as number) + 1).date };
}

async function tapeFor(plan: ExecutionPlan, wanted: string | undefined): Promise<TapeSymbol[]> {
  const symbol = plan.symbols[0];
  const byId = DEMO_TAPES.find(({ id }) => id === wanted);
  if (wanted !== undefined && byId === undefined)
    return readTape(await barFiles(wanted), new Map(), plan.extendedHours);
  const chosen = byId ?? DEMO_TAPES.find(({ symbols }) => symbol !== undefined && symbols.includes(symbol));
  if (chosen === undefined) {
    throw usage(
      `expected --tape with bars of ${symbol ?? 'a symbol'}, since no demo tape holds it; demo symbols are ${[...new Set(DEMO_TAPES.flatMap(({ symbols }) => symbols))].join(', ')}`,
    );
  }
  const series = await demoTape(chosen.id).load();
  return series.map((bars) => ({
    symbol: bars.symbol,
    bars,
    calendar: calendarOf(marketOf(bars.symbol)),
    label: { source: chosen.label, synthetic: chosen.isSynthetic },
  }));
}

async function barFiles(folder: string): Promise<ReadonlyMap<string, string>> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch {
    throw usage(
      `expected --tape to be a folder of bar files or a demo tape (${DEMO_TAPES.map(({ id }) => id).join(', ')}), was "${folder}"`,
    );
  }
  const files = new Map<string, string>();
  for (const name of names.sort()) {
    const symbol = /^([A-Za-z][A-Za-z0-9./-]*?)(?:_[^/]*)?\.(?:csv|parquet)$/.exec(name)?.[1];
    if (symbol !== undefined && !files.has(symbol)) files.set(symbol, join(folder, name));
  }
  if (files.size === 0) throw usage(`expected bar files named SYMBOL.csv in ${folder}, found none`);
  return files;
}
