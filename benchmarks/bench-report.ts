/** What a benchmark hands over: measures with their targets, on a machine that is named. */
import { readFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';

export type Target = { readonly atLeast: number } | { readonly atMost: number };

export interface Measure {
  readonly what: string;
  readonly value: number;
  /** Unit as printed; `×` for a ratio measured side by side. */
  readonly unit: string;
  readonly target?: Target;
}

export interface BenchReport {
  readonly name: string;
  /** What both sides computed alike before anything was timed; one sentence each. */
  readonly proofs: readonly string[];
  readonly measures: readonly Measure[];
  /** How the figures were taken: rounds, sizes, what is counted. */
  readonly method: readonly string[];
  /** Names and versions of what was measured against. */
  readonly peers: Readonly<Record<string, string>>;
}

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly node: string;
  readonly bellwether: string;
}

export function machine(): Machine {
  return {
    processor: cpus()[0]?.model ?? process.arch,
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    bellwether: versionIn(new URL('../package.json', import.meta.url)),
  };
}

/** Load of the machine over the last minute; figures taken above the number of cores are worth less. */
export function load(): number {
  return loadavg()[0] as number;
}

/** Version of an installed package, read from its own package.json. */
export function installedVersion(name: string): string {
  return versionIn(new URL(`../node_modules/${name}/package.json`, import.meta.url));
}

function versionIn(file: URL): string {
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

/** Share `fraction` (0–1) of the values lies at or below what is returned. */
export function quantile(values: readonly number[], fraction: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))] ?? Number.NaN;
}

/** Seconds of processor time that `run` takes, of all threads of this process: what others do on the machine counts less. */
export function processorSeconds(run: () => void): number {
  const from = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(from);
  return (user + system) / 1e6;
}

/** "met", or "missed" and by which factor; empty without a target. */
export function verdict({ value, target }: Measure): string {
  if (target === undefined) return '';
  if (!Number.isFinite(value)) return 'not measured';
  const share = 'atLeast' in target ? value / target.atLeast : target.atMost / value;
  if (share >= 1) return 'met';
  return `missed: ${share < 0.1 ? share.toPrecision(1) : share.toFixed(2)} of it`;
}

export function targetText({ target, unit }: Measure): string {
  if (target === undefined) return '';
  return 'atLeast' in target ? `≥ ${figure(target.atLeast)} ${unit}` : `≤ ${figure(target.atMost)} ${unit}`;
}

/** A number with as many digits as it deserves. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (Math.abs(value) >= 1e6) return `${(value / 1e6).toFixed(2)} M`;
  if (Math.abs(value) >= 1_000) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(3)));
}

/** Hands the report to `run.ts` when that started this process; prints it otherwise. */
export function handOver(report: BenchReport): void {
  if (process.send === undefined) print([report]);
  else process.send(report);
}

export function print(reports: readonly BenchReport[]): void {
  const { processor, cores, memoryGb, node, bellwether } = machine();
  console.log(
    `\n${processor} × ${cores}, ${memoryGb} GB; node ${node}; bellwether ${bellwether}; load ${figure(load())}`,
  );
  for (const { name, peers, proofs, method, measures } of reports) {
    const against = Object.entries(peers).map(([peer, version]) => `${peer} ${version}`);
    console.log(`\n${name}${against.length === 0 ? '' : ` against ${against.join(', ')}`}`);
    for (const line of [...proofs, ...method]) console.log(`  ${line}`);
    console.table(
      measures.map((measure) => ({
        measure: measure.what,
        median: `${figure(measure.value)} ${measure.unit}`,
        target: targetText(measure),
        verdict: verdict(measure),
      })),
    );
  }
}
