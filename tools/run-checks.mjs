// `npm run check`: the same at the desk and in CI, quickest verdict first. Each step says how long it took; the first that
// fails ends the run. `--fast` leaves the tests out.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const program = (...parts) => join(ROOT, 'node_modules', ...parts);
const tsc = program('typescript', 'bin', 'tsc');
const ngc = program('@angular', 'compiler-cli', 'bundles', 'src', 'bin', 'ngc.js');
const cruiser = program('dependency-cruiser', 'bin', 'dependency-cruiser.mjs');
const ROOMS = ['core', 'agents', 'adapters', 'runtimes', 'apps', 'db', 'testing', 'benchmarks', 'tools'];

const generators = readdirSync(join(ROOT, 'tools'))
  .filter((name) => /^generate-.*\.ts$/.test(name) && !name.endsWith('.test.ts'))
  .sort();

/** Name, the file without which there is nothing to check, the command line for Node, and whether `--fast` leaves it out. */
const STEPS = [
  ['format and lint', 'biome.json', [program('@biomejs', 'biome', 'bin', 'biome'), 'check', '.']],
  ['types', 'tsconfig.json', [tsc, '-p', 'tsconfig.json']],
  ['types of core and agents, without Node', 'tsconfig.pure.json', [tsc, '-p', 'tsconfig.pure.json']],
  ['types of the web app', 'apps/web/tsconfig.json', [ngc, '-p', 'apps/web/tsconfig.app.json', '--noEmit']],
  [
    'types of the tests of the web app',
    'apps/web/tsconfig.spec.json',
    [ngc, '-p', 'apps/web/tsconfig.spec.json', '--noEmit'],
  ],
  ['arrows', '.dependency-cruiser.cjs', [cruiser, '--config', '.dependency-cruiser.cjs', ...ROOMS]],
  ['dead code and dependencies', 'knip.jsonc', [program('knip', 'bin', 'knip.js'), '--no-progress']],
  ...generators.map((name) => [name, `tools/${name}`, [`tools/${name}`, '--check']]),
  ['platforms in the lockfile', 'tools/complete-lockfile.mjs', ['tools/complete-lockfile.mjs', '--check']],
  ['house rules', 'tools/check-house-rules.ts', ['tools/check-house-rules.ts']],
  ['tests', 'tools/run-tests.mjs', ['tools/run-tests.mjs'], true],
];

const fast = process.argv.includes('--fast');
const started = performance.now();
const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;
for (const [name, needs, line, slow] of STEPS) {
  if (fast && slow) {
    process.stdout.write(`– ${name}: left out by --fast\n`);
    continue;
  }
  if (!existsSync(join(ROOT, needs))) {
    process.stdout.write(`– ${name}: left out, there is no ${needs}\n`);
    continue;
  }
  const before = performance.now();
  const { status } = spawnSync(process.execPath, line, { cwd: ROOT, stdio: 'inherit' });
  process.stdout.write(`${status === 0 ? '✔' : '✖'} ${name} (${seconds(before)})\n`);
  if (status !== 0) {
    process.exitCode = 1;
    break;
  }
}
process.stdout.write(
  process.exitCode === 1 ? '✖ stopped at the first failure\n' : `✔ all checks passed (${seconds(started)})\n`,
);
