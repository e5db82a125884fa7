/** What a run of a promise came to. `failures` tells the first ones in words; `failed` counts all. */
export interface SuiteResult {
  readonly ran: number;
  readonly failed: number;
  readonly failures: readonly string[];
  /** Figures worth showing beside "held". */
  readonly notes: string;
}

/** One promise of the trading rules (§15) and how it is tried. */
export interface SoakSuite {
  readonly promise: string;
  readonly title: string;
  /** How often `npm test` tries it, and how often a full soak does. */
  readonly fast: number;
  readonly full: number;
  /** Stops at `deadline` (ms of `performance.now()`), having run fewer. */
  run(count: number, seed: number, deadline: number): Promise<SuiteResult>;
  /** The same with the protection taken out: it must fail, so that the suite is known to bite. */
  control?(): Promise<SuiteResult>;
  /** Plays one seed again and tells what happened. */
  trace?(seed: number): readonly string[];
}

/** What one seed came to. */
export interface PlayOutcome {
  readonly failures: readonly string[];
  /** Counted over all seeds, and shown. */
  readonly counts?: Readonly<Record<string, number>>;
  /** Measured, and judged over all seeds. */
  readonly samples?: Readonly<Record<string, number>>;
  readonly trace: readonly string[];
}

export interface SeededSuite {
  readonly promise: string;
  readonly title: string;
  readonly fast: number;
  readonly full: number;
  play(seed: number, options: { readonly trace: boolean; readonly control: boolean }): PlayOutcome;
  /** How many seeds the control gets to fail in; absent where there is nothing to take out. */
  readonly controlSeeds?: number;
  /** What must hold of the counts and samples of a whole run; a problem in words, or null. */
  judge?(
    counts: ReadonlyMap<string, number>,
    ran: number,
    samples: ReadonlyMap<string, readonly number[]>,
  ): string | null;
}

const MOST_TOLD = 10;

/** Makes a suite of plays that are each a function of a seed; a failing seed is named, and can be traced. */
export function seededSuite(suite: SeededSuite): SoakSuite {
  const { promise, title, fast, full } = suite;
  const runSeeds = (count: number, seed: number, deadline: number, control: boolean): SuiteResult => {
    const counts = new Map<string, number>();
    const samples = new Map<string, number[]>();
    const failures: string[] = [];
    let failed = 0;
    let ran = 0;
    while (ran < count && performance.now() < deadline) {
      const one = seed + ran;
      const outcome = suite.play(one, { trace: false, control });
      ran += 1;
      for (const [name, value] of Object.entries(outcome.counts ?? {}))
        counts.set(name, (counts.get(name) ?? 0) + value);
      for (const [name, value] of Object.entries(outcome.samples ?? {})) push(samples, name, value);
      if (outcome.failures.length === 0) continue;
      failed += 1;
      if (failures.length < MOST_TOLD) failures.push(`seed ${one}: ${outcome.failures.slice(0, 3).join(' · ')}`);
    }
    const problem = control ? null : (suite.judge?.(counts, ran, samples) ?? null);
    if (problem !== null) failures.push(problem);
    const figures = [...samples].map(([name, values]) => `${name} p99 ${quantile(values, 0.99)}`);
    const notes = [...[...counts].map(([name, value]) => `${name} ${value}`), ...figures].join(', ');
    return { ran, failed: failed + (problem === null ? 0 : 1), failures, notes };
  };
  const { controlSeeds } = suite;
  return {
    promise,
    title,
    fast,
    full,
    run: async (count, seed, deadline) => runSeeds(count, seed, deadline, false),
    ...(controlSeeds === undefined
      ? {}
      : { control: async () => runSeeds(controlSeeds, 1, Number.POSITIVE_INFINITY, true) }),
    trace: (seed) => suite.play(seed, { trace: true, control: false }).trace,
  };
}

function push(samples: Map<string, number[]>, name: string, value: number): void {
  const known = samples.get(name);
  if (known === undefined) samples.set(name, [value]);
  else known.push(value);
}

/** The smallest value that at least this part of them does not exceed; 0 of none. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? 0;
}
