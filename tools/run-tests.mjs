// Runs every node:test file in one `node --test`: all of them, or those whose path contains one of the given words.
// Arguments that begin with -- go to Node (`--test-name-pattern=…`, `--test-update-snapshots`).
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

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
} else {
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
