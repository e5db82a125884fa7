// From a clean checkout to ready, and warm: what somebody waits for who types `npm start` (performance.md, row 11).
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { figure, handOver, load, median } from './bench-report.ts';

const CLEAN_TARGET_SECONDS = 180;
const WARM_TARGET_SECONDS = 5;
const WARM_ROUNDS = 5;
const GIVE_UP_SECONDS = 900;
const STOP_SECONDS = 10;
const LOOK_EVERY_MS = 50;

const checkout = fileURLToPath(new URL('..', import.meta.url));

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((settle) => void server.listen(0, '127.0.0.1', settle));
  const address = server.address();
  await new Promise((settle) => void server.close(settle));
  if (address === null || typeof address === 'string') throw new Error('expected a port of the system, was none');
  return address.port;
}

/** Starts, waits until `/readyz` answers 200, stops with SIGINT as Ctrl-C does, and throws when anything is left. Returns seconds to ready. */
async function startOnce(clone: string, dataDir: string): Promise<number> {
  const port = await freePort();
  let output = '';
  const from = performance.now();
  const child = spawn('npm', ['start', '--', '--port', String(port)], {
    cwd: clone,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...outsideEnvironment(), BELLWETHER_DATA_DIR: dataDir },
  });
  const keep = (chunk: Buffer) => {
    output = (output + chunk).slice(-4_000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const exited = new Promise<number>((settle) =>
    child.once('exit', (code, signal) => settle(code ?? (signal ? 130 : 1))),
  );
  const ready = readyAt(port, from);
  const first = await Promise.race([ready, exited.then(() => null)]);
  if (first === null || first === undefined) {
    stopGroup(child, 'SIGKILL');
    throw new Error(
      `expected npm start to answer on /readyz within ${GIVE_UP_SECONDS} s, was ${first === null ? 'an exit' : 'silence'}; its last lines:\n${output}`,
    );
  }
  stopGroup(child, 'SIGINT');
  const stopped = await Promise.race([exited.then(() => true), pause(STOP_SECONDS * 1_000, false, { ref: false })]);
  // npm may go a moment before what it started.
  let left = processesOf(dataDir, clone);
  for (const from = performance.now(); left.length > 0 && performance.now() - from < STOP_SECONDS * 1_000; ) {
    await pause(LOOK_EVERY_MS);
    left = processesOf(dataDir, clone);
  }
  if (!stopped || left.length > 0) {
    stopGroup(child, 'SIGKILL');
    throw new Error(
      `expected no process after Ctrl-C, were ${left.join(', ') || 'npm itself'}; the last lines:\n${output}`,
    );
  }
  return first;
}

/** Seconds from `from` until the server says that it is ready; undefined when it never does. */
async function readyAt(port: number, from: number): Promise<number | undefined> {
  while (performance.now() - from < GIVE_UP_SECONDS * 1_000) {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.status === 200) return (performance.now() - from) / 1_000;
    await pause(LOOK_EVERY_MS);
  }
  return undefined;
}

/** The environment without what `npm run bench` and its bootstrap put in: the clone finds its own packages. */
function outsideEnvironment(): NodeJS.ProcessEnv {
  const { PATH = '', ...rest } = process.env;
  const bins = PATH.split(':').filter((part) => !part.startsWith(checkout));
  const own = Object.entries(rest).filter(([name]) => !/^(npm_|NODE_|INIT_CWD$|DATABASE_URL$)/.test(name));
  return { ...Object.fromEntries(own), PATH: bins.join(':') };
}

/** A terminal sends Ctrl-C to the whole group. */
function stopGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** What still runs on the clone or its data, by the command lines that the system shows; without /proc the exit of npm must do. */
function processesOf(...folders: readonly string[]): string[] {
  let ids: string[];
  try {
    ids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
  return ids.flatMap((id) => {
    try {
      const line = readFileSync(`/proc/${id}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
      return folders.some((folder) => line.includes(folder)) ? [`${id} ${line}`] : [];
    } catch {
      return []; // It ended while we looked.
    }
  });
}

const place = mkdtempSync(join(tmpdir(), 'bellwether-start-'));
// PostgreSQL runs as a user of its own when root starts it, and has to reach its data.
chmodSync(place, 0o755);
try {
  const clone = join(place, 'checkout');
  execFileSync('git', ['clone', '--quiet', checkout, clone], { stdio: ['ignore', 'inherit', 'inherit'] });
  const dataDir = join(place, 'data');
  const loadBefore = load();
  const clean = await startOnce(clone, dataDir);
  process.stderr.write(`clean: ready after ${figure(clean)} s\n`);
  const warm: number[] = [];
  for (let round = 0; round < WARM_ROUNDS; round++) {
    warm.push(await startOnce(clone, dataDir));
    process.stderr.write(`warm: ready after ${figure(warm.at(-1) as number)} s\n`);
  }
  handOver({
    name: 'start',
    peers: {},
    proofs: [
      `/readyz answered 200 in all ${WARM_ROUNDS + 1} starts, and no process was left ${WARM_ROUNDS + 1} times after Ctrl-C`,
    ],
    method: [
      `clean: git clone of HEAD, packages from the registry at hand, web app built, database made, once; warm: the same clone and data, ${WARM_ROUNDS} times; load ${figure(loadBefore)} before, ${figure(load())} after`,
    ],
    measures: [
      { what: 'clean checkout to ready', value: clean, unit: 's', target: { atMost: CLEAN_TARGET_SECONDS } },
      { what: 'warm start to ready', value: median(warm), unit: 's', target: { atMost: WARM_TARGET_SECONDS } },
    ],
  });
} finally {
  rmSync(place, { recursive: true, force: true });
}
