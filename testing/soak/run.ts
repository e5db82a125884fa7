// Tries promises of the trading rules at length: `npm run soak -- [P5 P23 …] [--minutes 60] [--seed 1] [--fast]`.
// Prints a table; ends with 1 when a promise was broken or a control held.
import { parseArgs } from 'node:util';
import { MINUTE_MS } from '@bellwether/domain';
import type { SoakSuite, SuiteResult } from './soak-suite.ts';
import { SUITES } from './suites.ts';

interface Line {
  readonly suite: SoakSuite;
  readonly result: SuiteResult;
  readonly control: SuiteResult | null;
  readonly seconds: number;
}

const { values, positionals } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    fast: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});
const minutes = Number(values.minutes);
const seed = Number(values.seed);
const known = new Set(SUITES.map(({ promise }) => promise));
const unknown = positionals.filter((name) => !known.has(name));
if (unknown.length > 0 || !(minutes > 0) || !Number.isInteger(seed)) {
  const wanted = `promises among ${[...known].join(', ')}, --minutes above 0 and a whole --seed`;
  console.error(`expected ${wanted}, was ${process.argv.slice(2).join(' ')}`);
  process.exit(2);
}

const chosen = SUITES.filter(({ promise }) => positionals.length === 0 || positionals.includes(promise));
const endsAt = performance.now() + minutes * MINUTE_MS;
const lines: Line[] = [];
for (const [index, suite] of chosen.entries()) {
  // What one suite leaves of its share is the others'.
  const share = (endsAt - performance.now()) / (chosen.length - index);
  lines.push(await tryOut(suite, performance.now() + share));
}
console.log(table(lines));
for (const { suite, result } of lines)
  for (const failure of result.failures) console.log(`${suite.promise}: ${failure}`);
if (lines.some((line) => verdict(line) !== 'held')) process.exitCode = 1;

async function tryOut(suite: SoakSuite, deadline: number): Promise<Line> {
  const count = values.fast ? suite.fast : suite.full;
  process.stderr.write(`soak: ${suite.promise} ${suite.title} (${count}) …\n`);
  const startedAt = performance.now();
  const control = suite.control === undefined ? null : await suite.control();
  const result = await suite.run(count, seed, deadline);
  return { suite, result, control, seconds: (performance.now() - startedAt) / 1_000 };
}

function verdict({ result, control }: Line): 'held' | 'BROKEN' | 'NOT TRIED' | 'CONTROL HELD' {
  if (result.failed > 0) return 'BROKEN';
  if (result.ran === 0) return 'NOT TRIED';
  return control !== null && control.failed === 0 ? 'CONTROL HELD' : 'held';
}

function table(rows: readonly Line[]): string {
  const cells = rows.map((line) => {
    const { suite, result, control, seconds } = line;
    const count = `${result.ran} of ${values.fast ? suite.fast : suite.full}`;
    const bites = control === null ? 'none' : `failed ${control.failed} of ${control.ran}`;
    return [suite.promise, suite.title, count, verdict(line), seconds.toFixed(1), bites, result.notes];
  });
  const head = ['promise', 'what', 'count', 'result', 'seconds', 'control', 'notes'];
  const widths = head.map((name, column) => Math.max(name.length, ...cells.map((row) => (row[column] ?? '').length)));
  const print = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join(' │ ')
      .trimEnd();
  return [print(head), widths.map((width) => '─'.repeat(width)).join('─┼─'), ...cells.map(print)].join('\n');
}
