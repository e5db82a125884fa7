import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const RULES = join(ROOT, '.dependency-cruiser.cjs');
const CRUISER = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
const PACKAGES = {
  agents: 'agents',
  adapters: 'adapters',
  db: 'db',
  testing: 'testing',
  virtual: 'runtimes/virtual',
  durable: 'runtimes/durable',
  api: 'apps/api',
  server: 'apps/server',
  sandbox: 'apps/sandbox',
  cli: 'apps/cli',
  web: 'apps/web',
  ...Object.fromEntries(
    [
      'domain',
      'indicators',
      'conditions',
      'pipeline',
      'kernel',
      'ports',
      'matching',
      'analysis',
      'analytics',
      'contracts',
    ].map((name) => [name, `core/${name}`]),
  ),
};

/** Each forbidden arrow: who imports, what, and the rules that must name it. */
const FORBIDDEN: readonly (readonly [from: string, to: string, rules: readonly string[]])[] = [
  ['core/domain/src/a.ts', '@bellwether/indicators', ['domain-knows-nobody']],
  ['core/indicators/src/a.ts', '@bellwether/conditions', ['indicators-know-domain']],
  ['core/conditions/src/a.ts', '@bellwether/pipeline', ['conditions-know-indicators']],
  ['core/pipeline/src/a.ts', '@bellwether/kernel', ['pipeline-knows-conditions']],
  ['core/kernel/src/a.ts', '@bellwether/matching', ['kernel-knows-ports']],
  ['core/kernel/src/b.ts', '@bellwether/contracts', ['kernel-knows-ports']],
  ['core/ports/src/a.ts', '@bellwether/matching', ['ports-know-domain']],
  ['core/matching/src/a.ts', '@bellwether/ports', ['matching-knows-domain']],
  ['core/analytics/src/a.ts', '@bellwether/indicators', ['analytics-know-domain']],
  ['core/analysis/src/a.ts', '@bellwether/conditions', ['analysis-knows-indicators']],
  ['core/contracts/src/a.ts', '@bellwether/matching', ['contracts-know-what-they-spell']],
  ['core/kernel/src/c.ts', '@bellwether/db', ['core-knows', 'kernel-knows-ports']],
  ['agents/src/risk/a/a.ts', '@bellwether/ports', ['agents-decide']],
  ['agents/src/risk/a/b.ts', '@bellwether/adapters', ['agents-decide']],
  ['adapters/src/news/a/a.ts', '@bellwether/kernel', ['adapters-touch']],
  ['runtimes/virtual/src/a.ts', '@bellwether/agents', ['virtual-drives']],
  ['runtimes/virtual/src/b.ts', '@bellwether/contracts', ['virtual-drives']],
  ['runtimes/virtual/src/c.ts', '@bellwether/db', ['virtual-drives']],
  ['runtimes/durable/src/a.ts', '@bellwether/adapters', ['durable-drives']],
  ['runtimes/durable/src/b.ts', '@bellwether/virtual', ['durable-drives']],
  ['apps/api/src/a.ts', '@bellwether/adapters', ['api-serves']],
  ['apps/api/src/b.ts', '@bellwether/durable', ['api-serves']],
  ['apps/web/src/app/inbox/a.ts', '@bellwether/kernel', ['web-shows']],
  ['apps/sandbox/src/a.ts', '@bellwether/ports', ['sandbox-plays']],
  ['apps/server/src/a.ts', '@bellwether/cli', ['server-wires']],
  ['apps/cli/src/a.ts', '@bellwether/api', ['cli-wires']],
  ['db/src/a.ts', '@bellwether/kernel', ['db-stores']],
  ['apps/server/src/b.ts', '@bellwether/adapters', ['adapters-are-chosen-in-one-place']],
  ['core/domain/src/b.ts', '@bellwether/testing', ['nothing-leans-on-testing-tools-examples']],
  ['apps/cli/src/b.test.ts', '../../../tools/index.ts', ['tests-lean-on-testing-only']],
  ['core/domain/src/c.ts', './a.fixture.ts', ['test-code-stays-in-tests']],
  ['core/kernel/src/d.ts', '@bellwether/ports/testing', ['test-code-stays-in-tests']],
  ['agents/src/risk/b/a.ts', '../a/shown.ts', ['agents-are-strangers']],
  ['agents/src/risk/b/a.test.ts', '../a/shown.ts', ['agents-are-strangers']],
  ['adapters/src/news/b/a.ts', '../a/shown.ts', ['adapters-are-strangers']],
  ['apps/api/src/resources/trades/a.ts', '../pipelines/shown.ts', ['resources-are-strangers']],
  ['apps/web/src/app/inbox/b.ts', '../reports/shown.ts', ['features-are-strangers']],
  ['apps/web/src/app/design/a.ts', '../reports/shown.ts', ['shared-folders-know-no-feature']],
  ['apps/web/src/app/design/b.ts', '../session/shown.ts', ['design-has-no-data-access']],
  ['core/kernel/src/e.ts', '../../domain/src/inner.ts', ['only-through-the-door', 'other-packages-by-name']],
  ['core/kernel/src/f.ts', '../../domain/src/index.ts', ['other-packages-by-name']],
  ['core/domain/src/d.ts', './index.ts', ['no-inner-barrels']],
  ['core/domain/src/e.ts', './time/index.ts', ['no-inner-barrels']],
  ['core/domain/src/f.ts', './g.ts', ['no-cycles']],
  ['core/domain/src/h.ts', './absent.ts', ['everything-resolves']],
  ['core/domain/src/i.ts', 'node:fs', ['pure-rooms-use-no-node']],
  ['agents/src/risk/a/c.ts', 'node:crypto', ['pure-rooms-use-no-node']],
  ['core/domain/src/j.ts', 'croner', ['libraries-of-the-pure-rooms']],
  ['agents/src/risk/a/d.ts', 'lodash', ['libraries-of-the-pure-rooms']],
  ['core/kernel/src/schedule/a.ts', 'lodash', ['libraries-of-the-schedule']],
];

/** Arrows that must stay free, so that no rule is satisfied by forbidding everything. */
const FREE: readonly (readonly [from: string, to: string])[] = [
  ['core/kernel/src/p.ts', '@bellwether/pipeline'],
  ['core/kernel/src/q.ts', '@bellwether/ports'],
  ['core/kernel/src/schedule/p.ts', 'croner'],
  ['core/pipeline/src/p.ts', 'typebox'],
  ['core/domain/src/p.test.ts', '@bellwether/testing'],
  ['core/domain/src/q.test.ts', 'node:fs'],
  ['core/kernel/src/p.test.ts', '@bellwether/ports/testing'],
  ['agents/src/risk/a/p.ts', '@bellwether/kernel'],
  ['agents/src/risk/a/q.ts', './shown.ts'],
  ['adapters/src/news/a/p.ts', '@bellwether/matching'],
  ['adapters/src/news/a/q.ts', 'lodash'],
  ['runtimes/virtual/src/p.ts', '@bellwether/matching'],
  ['runtimes/durable/src/p.ts', '@bellwether/db'],
  ['apps/api/src/p.ts', '@bellwether/durable/client'],
  ['apps/server/src/wiring.ts', '@bellwether/adapters'],
  ['apps/server/src/p.ts', '@bellwether/durable'],
  ['apps/cli/src/p.ts', '@bellwether/server'],
  ['apps/cli/src/q.ts', '@bellwether/adapters'],
  ['apps/web/src/app/inbox/p.ts', '@bellwether/pipeline'],
  ['apps/web/src/app/inbox/q.ts', '../design/shown.ts'],
];

interface Violation {
  readonly from: string;
  readonly rule: { readonly name: string };
}
let tree: string;
let named: ReadonlyMap<string, readonly string[]>;

before(() => {
  tree = mkdtempSync(join(tmpdir(), 'bellwether-arrows-'));
  const dependencies = { lodash: '1', croner: '1', typebox: '1' };
  mkdirSync(join(tree, 'node_modules/@bellwether'), { recursive: true });
  for (const [name, folder] of Object.entries(PACKAGES)) {
    const door = name === 'testing' ? './index.ts' : './src/index.ts';
    const exports = { '.': door, './client': './src/client.ts', './testing': './src/testing.ts' };
    plant(
      `${folder}/package.json`,
      JSON.stringify({ name: `@bellwether/${name}`, type: 'module', exports, dependencies }),
    );
    for (const file of Object.values(exports)) plant(join(folder, file));
    symlinkSync(join(tree, folder), join(tree, 'node_modules/@bellwether', name), 'dir');
  }
  for (const name of Object.keys(dependencies)) {
    plant(`node_modules/${name}/package.json`, JSON.stringify({ name, main: 'index.js' }));
    plant(`node_modules/${name}/index.js`);
  }
  for (const file of [
    'tools/index.ts',
    'core/domain/src/inner.ts',
    'core/domain/src/a.fixture.ts',
    'core/domain/src/time/index.ts',
    'agents/src/risk/a/shown.ts',
    'adapters/src/news/a/shown.ts',
    'apps/api/src/resources/pipelines/shown.ts',
    'apps/web/src/app/reports/shown.ts',
    'apps/web/src/app/design/shown.ts',
    'apps/web/src/app/session/shown.ts',
  ])
    plant(file);
  plant('core/domain/src/g.ts', "import './f.ts';\n");
  plant('tsconfig.base.json', '{}');
  for (const [from, to] of [...FORBIDDEN, ...FREE]) plant(from, `import '${to}';\n`);

  const rooms = ['core', 'agents', 'adapters', 'runtimes', 'apps', 'db', 'testing'];
  const run = spawnSync(process.execPath, [CRUISER, '--config', RULES, '--output-type', 'json', ...rooms], {
    cwd: tree,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  const { summary } = JSON.parse(run.stdout) as { summary: { violations: readonly Violation[] } };
  const found = new Map<string, string[]>();
  for (const { from, rule } of summary.violations) found.set(from, [...(found.get(from) ?? []), rule.name]);
  named = found;
});
after(() => rmSync(tree, { recursive: true, force: true }));

function plant(path: string, text = 'export {};\n'): void {
  mkdirSync(dirname(join(tree, path)), { recursive: true });
  writeFileSync(join(tree, path), text);
}

for (const [from, to, rules] of FORBIDDEN) {
  test(`${from} importing ${to} is named by ${rules.join(' and ')}`, () => {
    assert.deepEqual([...(named.get(from) ?? [])].sort(), [...rules].sort());
  });
}

for (const [from, to] of FREE) {
  test(`${from} may import ${to}`, () => {
    assert.deepEqual(named.get(from) ?? [], []);
  });
}

test('every rule has an arrow above that it forbids', () => {
  const { forbidden } = createRequire(import.meta.url)(RULES) as {
    forbidden: readonly { name: string; comment?: string }[];
  };
  const bitten = new Set(FORBIDDEN.flatMap(([, , rules]) => rules));
  assert.deepEqual(
    forbidden.map(({ name }) => name).filter((name) => !bitten.has(name)),
    [],
  );
  for (const { name, comment } of forbidden) assert.ok((comment ?? '').length > 15, `${name} says what to do instead`);
});
