// Runs the benchmarks, each in a process of its own: `npm run bench -- [--json] [name …]`.
import { fork } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type BenchReport, load, machine, print, verdict } from './bench-report.ts';

const SUFFIX = '.bench.ts';
const folder = fileURLToPath(new URL('.', import.meta.url));
const known = readdirSync(folder)
  .filter((file) => file.endsWith(SUFFIX))
  .map((file) => file.slice(0, -SUFFIX.length))
  .sort();

/** Resolves with what the benchmark handed over, or undefined when it failed; its own lines go to stderr. */
function runBench(name: string): Promise<BenchReport | undefined> {
  return new Promise((settle) => {
    let report: BenchReport | undefined;
    const child = fork(`${folder}${name}${SUFFIX}`, { execArgv: ['--expose-gc'], stdio: ['ignore', 2, 2, 'ipc'] });
    child.on('message', (message) => {
      report = message as BenchReport;
      child.disconnect();
    });
    child.once('exit', (code) => settle(code === 0 ? report : undefined));
  });
}

const { values, positionals } = parseArgs({ options: { json: { type: 'boolean' } }, allowPositionals: true });
const unknown = positionals.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`expected benchmarks among ${known.join(', ')}, was ${unknown.join(', ')}`);
  process.exit(2);
}
const chosen = positionals.length === 0 ? known : positionals;
const loadBefore = load();
const reports: BenchReport[] = [];
const failed: string[] = [];
for (const name of chosen) {
  process.stderr.write(`bench: ${name} …\n`);
  const report = await runBench(name);
  if (report === undefined) failed.push(name);
  else reports.push(report);
}
if (values.json) {
  const benches = reports.map((report) => ({
    ...report,
    measures: report.measures.map((measure) => ({ ...measure, verdict: verdict(measure) })),
  }));
  console.log(
    JSON.stringify({ machine: machine(), load: { before: loadBefore, after: load() }, benches, failed }, null, 2),
  );
} else print(reports);
if (failed.length > 0) {
  console.error(
    `expected every benchmark to end with figures, these did not: ${failed.join(', ')}; their lines above say why`,
  );
  process.exitCode = 1;
}
