// `npm run check`: the same at the desk and in CI, quickest verdict first. All steps run; the failed ones are named at the end.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const program = (...parts) => join(ROOT, 'node_modules', ...parts);
const tools = readdirSync(join(ROOT, 'tools')).sort();
const tsc = program('typescript', 'bin', 'tsc');

/** Name, the file without which there is nothing to check yet, and the command line for Node. */
const STEPS = [
  ['format and lint', 'biome.json', [program('@biomejs', 'biome', 'bin', 'biome'), 'check', '.']],
  ['types', 'tsconfig.json', [tsc, '-p', 'tsconfig.json']],
  ['types of core and agents, without Node', 'tsconfig.pure.json', [tsc, '-p', 'tsconfig.pure.json', '--noEmit']],
  [
    'types of the web app',
    'apps/web/tsconfig.app.json',
    [
      program('@angular', 'compiler-cli', 'bundles', 'src', 'bin', 'ngc.js'),
      '-p',
      'apps/web/tsconfig.app.json',
      '--noEmit',
    ],
  ],
  [
    'arrows',
    '.dependency-cruiser.cjs',
    [
      program('dependency-cruiser', 'bin', 'dependency-cruiser.mjs'),
      '--config',
      '.dependency-cruiser.cjs',
      'core',
      'agents',
      'adapters',
      'runtimes',
      'apps',
      'db',
    ],
  ],
  ['dead code and dependencies', 'knip.json', [program('knip', 'bin', 'knip.js')]],
  ...tools
    .filter((name) => /^check-.*\.ts$/.test(name) && !name.endsWith('.test.ts'))
    .map((name) => [name, `tools/${name}`, [`tools/${name}`]]),
  ...tools
    .filter((name) => /^generate-.*\.ts$/.test(name) && !name.endsWith('.test.ts'))
    .map((name) => [`${name} --check`, `tools/${name}`, [`tools/${name}`, '--check']]),
  ['tests', 'tools/run-tests.mjs', ['tools/run-tests.mjs']],
];

const failed = [];
for (const [name, needs, line] of STEPS) {
  if (!existsSync(join(ROOT, needs))) {
    process.stdout.write(`– ${name}: left out, there is no ${needs}\n`);
    continue;
  }
  process.stdout.write(`▶ ${name}\n`);
  const { status } = spawnSync(process.execPath, line, { cwd: ROOT, stdio: 'inherit' });
  if (status !== 0) failed.push(name);
}
process.stdout.write(failed.length === 0 ? '✔ all checks passed\n' : `✖ failed: ${failed.join(' · ')}\n`);
process.exitCode = failed.length === 0 ? 0 : 1;
