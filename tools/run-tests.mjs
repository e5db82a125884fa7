// Runs every node:test file in one `node --test`: all of them, or those whose path contains one of the given words. Without words the
// web app's own tests come first, and a browser is fetched for the journeys where that can be done.
// Arguments that begin with -- go to Node (`--test-name-pattern=…`, `--test-update-snapshots`).
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { delimiter, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureChromium } from './find-chromium.mjs';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const ROOMS = [
  'core',
  'agents',
  'adapters',
  'runtimes',
  'apps/api',
  'apps/server',
  'apps/cli',
  'db',
  'testing',
  'tools',
];
/** Each file is a process, some with a database of their own; more than this only makes them wait for each other. */
const AT_ONCE = 2;

const flags = process.argv.slice(2).filter((argument) => argument.startsWith('--'));
const words = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const files = ROOMS.flatMap((room) => testFiles(join(ROOT, room)))
  .map((path) => relative(ROOT, path))
  .filter((path) => words.length === 0 || words.some((word) => path.includes(word)))
  .sort();

if (files.length === 0) {
  process.stderr.write(`expected test files that match ${words.join(' ') || 'any name'}, found none\n`);
  process.exitCode = 1;
} else if (words.length === 0 && !webTestsPass()) {
  process.exitCode = 1;
} else {
  if (files.some((path) => path.includes('journeys'))) ensureChromium((text) => process.stderr.write(`${text}\n`));
  const child = spawn(
    process.execPath,
    ['--test', `--test-concurrency=${AT_ONCE}`, '--test-reporter=spec', ...flags, ...files],
    {
      cwd: ROOT,
      stdio: 'inherit',
    },
  );
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.once('exit', (code) => {
    process.exitCode = code ?? 1;
  });
}

/** The web app's components and stores, in Angular's own runner. */
function webTestsPass() {
  const web = join(ROOT, 'apps', 'web');
  const ng = join(ROOT, 'node_modules', '@angular', 'cli', 'bin', 'ng.js');
  const path = `${dirname(process.execPath)}${delimiter}${process.env.PATH}`;
  const { status } = spawnSync(process.execPath, [ng, 'test', '--watch=false'], {
    cwd: web,
    stdio: 'inherit',
    env: { ...process.env, PATH: path, NG_CLI_ANALYTICS: 'false' },
  });
  return status === 0;
}

function testFiles(folder) {
  let entries;
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    // A room that the project does not have yet.
    if (error.code === 'ENOENT') return [];
    throw error;
  }
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' || entry.name === 'dist' ? [] : testFiles(path);
    return entry.name.endsWith('.test.ts') ? [path] : [];
  });
}
