import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { isBellwetherError } from '@bellwether/domain';
import pg from 'pg';
import { startEmbedded } from './embedded.ts';
import { isAlive } from './live-process.ts';
import { postmasterPid } from './postgres-process.ts';
import { closedFolder, serverUser } from './system-user.ts';

const HOLDER = fileURLToPath(new URL('./database-holder.fixture.ts', import.meta.url));
/** The promise is about two seconds; a loaded machine with two cores gets the rest. */
const GONE_LIMIT_MS = 5_000;
const log = () => undefined;
const asRoot = process.getuid?.() === 0;
const notRoot = asRoot ? false : 'only root starts the server as another user';

const folders: string[] = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-db-'));
  if (asRoot) chmodSync(folder, 0o711);
  folders.push(folder);
  return folder;
}

/** One cluster, made once and used by one test after the other. */
const folder = newFolder();

interface Holder {
  readonly child: ChildProcess;
  readonly told: { owner?: string; port?: number; code?: string; message?: string };
}

async function startHolder(dataDir: string, identity: { uid?: number; gid?: number } = {}): Promise<Holder> {
  const child = spawn(process.execPath, [HOLDER, dataDir], {
    ...identity,
    cwd: '/',
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const told = await new Promise<Holder['told']>((settle, fail) => {
    createInterface({ input: child.stdout }).once('line', (line) => settle(JSON.parse(line)));
    child.once('exit', (code) => fail(new Error(`expected a line from the holder, was exit code ${code}`)));
  });
  return { child, told };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await new Promise((settle) => child.once('exit', settle));
}

async function query(url: string, text: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

async function goneAfterMs(pid: number): Promise<number> {
  const begun = performance.now();
  while (isAlive(pid) && performance.now() - begun < GONE_LIMIT_MS) await delay(10);
  return performance.now() - begun;
}

function serverPid(dataDir: string): number {
  const pid = postmasterPid(join(dataDir, 'postgres'));
  assert.ok(pid !== undefined && isAlive(pid), 'expected a living server');
  return pid;
}

test('a first start makes a database that is durable, on the loopback only, and closed to others', async () => {
  const server = await startEmbedded({ dataDir: folder, log });
  try {
    const [settings] = await query(
      server.url('owner'),
      "SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS commit, current_setting('listen_addresses') AS listens, current_user AS name",
    );
    assert.deepEqual(settings, { fsync: 'on', commit: 'on', listens: '127.0.0.1', name: 'bellwether_owner' });
    assert.equal(statSync(join(folder, 'postgres.json')).mode & 0o777, 0o600);
    assert.equal(statSync(join(folder, 'postgres')).mode & 0o777, 0o700);
    const roles = await query(
      server.url('owner'),
      "SELECT rolname, rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication AS mighty FROM pg_roles WHERE rolname LIKE 'bellwether%' ORDER BY rolname",
    );
    assert.deepEqual(
      roles,
      ['app', 'engine', 'owner'].map((role) => ({ rolname: `bellwether_${role}`, mighty: false })),
    );
    await query(server.url('owner'), 'CREATE TABLE kept AS SELECT 1 AS number');
  } finally {
    await server.stop();
  }
});

test('a later start finds the data and the same port', async () => {
  const { port } = JSON.parse(readFileSync(join(folder, 'postgres.json'), 'utf8')) as { port: number };
  const server = await startEmbedded({ dataDir: folder, log });
  try {
    assert.equal(server.port, port);
    assert.deepEqual(await query(server.url('owner'), 'SELECT number FROM kept'), [{ number: 1 }]);
  } finally {
    await server.stop();
  }
});

test('a wrong password is refused', async () => {
  const server = await startEmbedded({ dataDir: folder, log });
  try {
    const wrong = new URL(server.url('app'));
    wrong.password = 'guessed';
    await assert.rejects(query(wrong.href, 'SELECT 1'), { code: '28P01' });
  } finally {
    await server.stop();
  }
});

for (const signal of ['SIGKILL', 'SIGTERM', 'SIGINT'] as const) {
  test(`${signal} of the parent ends the server, and the next start goes on with what was committed`, async () => {
    const { child, told } = await startHolder(folder);
    const pid = serverPid(folder);
    await query(String(told.owner), `CREATE TABLE after_${signal} AS SELECT 1 AS number`);
    child.kill(signal);
    await ended(child);
    assert.ok((await goneAfterMs(pid)) < GONE_LIMIT_MS, 'expected the server to be gone');
    const server = await startEmbedded({ dataDir: folder, log });
    try {
      assert.deepEqual(await query(server.url('owner'), `SELECT number FROM after_${signal}`), [{ number: 1 }]);
    } finally {
      await server.stop();
    }
  });
}

test('a start right after kill -9 of the parent waits until the old server has let go', async () => {
  const { child } = await startHolder(folder);
  child.kill('SIGKILL');
  await ended(child);
  const server = await startEmbedded({ dataDir: folder, log });
  await server.stop();
});

test('a second start on the same folder is refused in one sentence with folder, process and remedy, from inside and outside', async () => {
  const server = await startEmbedded({ dataDir: folder, log });
  try {
    const second = await startHolder(folder);
    await ended(second.child);
    assert.equal(second.told.code, 'database/in-use');
    for (const part of [folder, `process ${process.pid}`, 'BELLWETHER_DATA_DIR'])
      assert.ok(second.told.message?.includes(part), part);
    await assert.rejects(startEmbedded({ dataDir: folder, log }), { code: 'database/in-use' });
    assert.deepEqual(await query(server.url('app'), 'SELECT 1 AS number'), [{ number: 1 }]);
  } finally {
    await server.stop();
  }
});

test('of two starts at the same time exactly one wins', async () => {
  const both = await Promise.all([startHolder(folder), startHolder(folder)]);
  const winners = both.filter(({ told }) => told.port !== undefined);
  assert.equal(winners.length, 1);
  assert.equal(both.find(({ told }) => told.port === undefined)?.told.code, 'database/in-use');
  const pid = serverPid(folder);
  for (const { child } of both) child.kill('SIGKILL');
  await goneAfterMs(pid);
});

test('a server whose parent and watchdog were both killed is ended by the next start', async () => {
  const { child } = await startHolder(folder);
  const pid = serverPid(folder);
  for (const watcher of watchdogsOf(pid)) process.kill(watcher, 'SIGKILL');
  child.kill('SIGKILL');
  await ended(child);
  assert.ok(isAlive(pid), 'expected an orphaned server, else this test proves nothing');
  const server = await startEmbedded({ dataDir: folder, log });
  try {
    assert.notEqual(serverPid(folder), pid);
  } finally {
    await server.stop();
  }
});

test('a server that dies under us is reported, and the next start recovers', async () => {
  const server = await startEmbedded({ dataDir: folder, log });
  process.kill(serverPid(folder), 'SIGKILL');
  await server.ended;
  await server.stop();
  const next = await startEmbedded({ dataDir: folder, log });
  assert.deepEqual(await query(next.url('owner'), 'SELECT number FROM kept'), [{ number: 1 }]);
  await next.stop();
});

test('a lock file of a process that is not PostgreSQL is cleared away', async () => {
  for (const pid of [process.pid, 2 ** 22 - 3]) {
    writeFileSync(join(folder, 'postgres', 'postmaster.pid'), `${pid}\n${join(folder, 'postgres')}\n`);
    const server = await startEmbedded({ dataDir: folder, log });
    await server.stop();
  }
});

test('a remembered port that somebody else took is given up for a free one', async () => {
  const { port } = JSON.parse(readFileSync(join(folder, 'postgres.json'), 'utf8')) as { port: number };
  const squatter = createServer().listen(port, '127.0.0.1');
  await new Promise((settle) => squatter.once('listening', settle));
  try {
    const server = await startEmbedded({ dataDir: folder, log });
    assert.notEqual(server.port, port);
    await server.stop();
  } finally {
    await new Promise((settle) => squatter.close(settle));
  }
});

test('what a first start that died half-way left behind is made anew', async () => {
  const fresh = newFolder();
  mkdirSync(join(fresh, 'postgres.new', 'base'), { recursive: true });
  writeFileSync(join(fresh, 'postgres.password'), 'left over');
  const server = await startEmbedded({ dataDir: fresh, log });
  await server.stop();
  assert.equal(existsSync(join(fresh, 'postgres.new')), false);
  assert.equal(existsSync(join(fresh, 'postgres.password')), false);
});

test('a cluster without its passwords is refused, and the folder stays free', async () => {
  const remembered = readFileSync(join(folder, 'postgres.json'));
  rmSync(join(folder, 'postgres.json'));
  await assert.rejects(startEmbedded({ dataDir: folder, log }), {
    code: 'database/permission',
    message: /postgres\.json/,
  });
  writeFileSync(join(folder, 'postgres.json'), remembered, { mode: 0o600 });
  const server = await startEmbedded({ dataDir: folder, log });
  await server.stop();
});

test('a folder that cannot be made is refused with its name', async () => {
  const file = join(newFolder(), 'file');
  writeFileSync(file, '');
  await assert.rejects(startEmbedded({ dataDir: join(file, 'data'), log }), (error) => {
    assert.ok(isBellwetherError(error));
    assert.equal(error.code, 'database/permission');
    assert.ok(error.message.includes(join(file, 'data')));
    return true;
  });
});

test('as root, a folder below one that is closed to others is refused with the name of the closed one', {
  skip: notRoot,
}, async () => {
  const closed = newFolder();
  chmodSync(closed, 0o700);
  await assert.rejects(startEmbedded({ dataDir: join(closed, 'data'), log }), {
    code: 'database/permission',
    message: new RegExp(closed),
  });
});

test('an ordinary user starts it just so', { skip: notRoot }, async (context) => {
  const user = serverUser(join(folder, 'postgres'));
  assert.ok(user !== undefined);
  const closed = closedFolder(dirname(HOLDER), user) ?? closedFolder(process.execPath, user);
  if (closed !== undefined) return context.skip(`left out: an ordinary user cannot read this checkout (${closed})`);
  const own = newFolder();
  chmodSync(own, 0o777);
  const { child, told } = await startHolder(join(own, 'data'), { uid: user.uid, gid: user.gid });
  assert.deepEqual(await query(String(told.owner), 'SELECT 1 AS number'), [{ number: 1 }]);
  const pid = serverPid(join(own, 'data'));
  child.kill('SIGKILL');
  await ended(child);
  assert.ok((await goneAfterMs(pid)) < GONE_LIMIT_MS);
});

/** The shell above the server and its forked half. */
function watchdogsOf(pid: number): readonly number[] {
  const rows = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number) as [pid: number, parent: number]);
  const shell = rows.find(([own]) => own === pid)?.[1];
  assert.ok(shell !== undefined && shell > 1);
  return [shell, ...rows.filter(([own, parent]) => parent === shell && own !== pid).map(([own]) => own)];
}
