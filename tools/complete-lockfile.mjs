// Adds to package-lock.json the platform packages that the registry in use at `npm install` did not have. npm leaves
// them out without a word, and `npm ci` then refuses the lockfile on every machine. Run after `npm install`; `--check` only tells.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const LOCKFILE = fileURLToPath(new URL('../package-lock.json', import.meta.url));
const SYSTEMS = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32'];
const PROCESSORS = ['arm', 'arm64', 'ia32', 'loong64', 'ppc64', 'riscv64', 's390x', 'x64'];
const LIBRARIES = { musl: 'musl', musleabihf: 'musl', gnu: 'glibc', gnueabihf: 'glibc' };

const lock = JSON.parse(readFileSync(LOCKFILE, 'utf8'));
const missing = missingPlatforms(lock.packages);
if (missing.length === 0) {
  process.stdout.write('the lockfile names every platform package\n');
} else if (process.argv.includes('--check')) {
  process.stderr.write(
    `expected package-lock.json to name every platform package, ${missing.length} missing (${missing[0][0]} …); run: node tools/complete-lockfile.mjs\n`,
  );
  process.exitCode = 1;
} else {
  const entries = [...Object.entries(lock.packages), ...missing].sort(([a], [b]) => a.localeCompare(b, 'en'));
  writeFileSync(LOCKFILE, `${JSON.stringify({ ...lock, packages: Object.fromEntries(entries) }, null, 2)}\n`);
  process.stdout.write(`added ${missing.length} platform packages\n`);
}

/** Optional dependencies of an exact version whose name says its platform, and which the lockfile does not hold. */
function missingPlatforms(packages) {
  return Object.entries(packages).flatMap(([path, { optionalDependencies = {}, dev }]) =>
    Object.entries(optionalDependencies).flatMap(([name, version]) => {
      const place = `node_modules/${name}`;
      if (!/^\d/.test(version) || place in packages || `${path}/${place}` in packages) return [];
      const entry = describe(name, version, dev);
      return entry === undefined ? [] : [[place, entry]];
    }),
  );
}

/** Without an integrity hash: the package was never seen. npm takes it from the registry only on that platform. */
function describe(name, version, dev) {
  const words = name.split('/').at(-1).split('-');
  const system = words.find((word) => SYSTEMS.includes(word));
  const processor = words.find((word) => PROCESSORS.includes(word));
  if (system === undefined || processor === undefined) return undefined;
  const library = system === 'linux' ? LIBRARIES[words.at(-1)] : undefined;
  return {
    version,
    cpu: [processor],
    ...(dev === true && { dev }),
    ...(library !== undefined && { libc: [library] }),
    optional: true,
    os: [system],
  };
}
