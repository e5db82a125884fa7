import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dependencyList } from './house-rules/dependency-list.ts';
import { documents } from './house-rules/documents.ts';
import { countHatches, escapeHatches } from './house-rules/escape-hatches.ts';
import { CODES_FILE, failureCodes } from './house-rules/failure-codes.ts';
import { lowerLongFiles, manners } from './house-rules/manners.ts';
import type { Finding, ProjectTree } from './house-rules/project-tree.ts';
import { unitSkeleton } from './house-rules/unit-skeleton.ts';

const README = '# x\n\n**Purpose** a\n\n**Reads** b\n\n**Writes** c\n\n**Fails when** d\n\n**Try it** e\n';
const LIST_HEAD = '| name | version | licence | why |\n|---|---|---|---|\n';

const treeOf = (files: Readonly<Record<string, string>>): ProjectTree => new Map(Object.entries(files));
/** A path as it stands on one machine; put together, so that this file passes the rule too. */
const place = (folder: string): string => `/${folder}/`;
const lines = (findings: readonly Finding[]): readonly string[] =>
  findings.map(({ path, message }) => `${path}: ${message}`);
const errors = (findings: readonly Finding[]): readonly string[] =>
  lines(findings.filter(({ level }) => level === 'error'));

test('an agent has its agent, schema, test and README', () => {
  const folder = 'agents/src/risk/cap';
  const whole = { 'cap.agent.ts': '', 'cap.schema.ts': '', 'cap.agent.test.ts': '', 'README.md': README };
  const plant = (files: object): ProjectTree =>
    treeOf(Object.fromEntries(Object.entries(files).map(([name, text]) => [`${folder}/${name}`, String(text)])));
  assert.deepEqual(unitSkeleton(plant(whole)), []);
  for (const name of Object.keys(whole)) {
    const found = lines(
      unitSkeleton(plant(Object.fromEntries(Object.entries(whole).filter(([other]) => other !== name)))),
    );
    assert.equal(found.length, 1, name);
    assert.match(found[0] ?? '', new RegExp(`${folder}: expected (a )?${name.replaceAll('.', '\\.')}`));
  }
});

test('an adapter has a test and a README', () => {
  const files = { 'adapters/src/news/files/news-file.ts': '' };
  assert.equal(unitSkeleton(treeOf(files)).length, 2);
  const whole = { ...files, 'adapters/src/news/files/a.test.ts': '', 'adapters/src/news/files/README.md': README };
  assert.deepEqual(unitSkeleton(treeOf(whole)), []);
});

test('a README has the five headings, in their order', () => {
  const withText = (text: string): ProjectTree =>
    treeOf({ 'core/domain/package.json': '{}', 'core/domain/src/index.ts': '', 'core/domain/README.md': text });
  assert.deepEqual(unitSkeleton(withText(README)), []);
  assert.deepEqual(unitSkeleton(withText(README.replace(/\*\*(.+?)\*\*/g, '## $1'))), []);
  assert.match(lines(unitSkeleton(withText(README.replace('**Reads** b', '')))).join(), /heading Reads/);
  const swapped = README.replace('**Reads** b', '**Writes** b').replace('**Writes** c', '**Reads** c');
  assert.match(lines(unitSkeleton(withText(swapped))).join(), /in the order/);
});

test('names say what is inside', () => {
  for (const path of [
    'core/domain/src/utils/a.ts',
    'core/domain/src/types.ts',
    'apps/web/src/app/shared/a.css',
    'tools/helpers.mjs',
  ])
    assert.match(errors(manners(treeOf({ [path]: '' }), {})).join(), /expected a noun/, path);
  assert.match(errors(manners(treeOf({ 'core/domain/src/barSeries.ts': '' }), {})).join(), /kebab-case/);
  assert.deepEqual(manners(treeOf({ 'testing/shared-data.ts': '', 'core/domain/src/bar-series.ts': '' }), {}), []);
});

test('a file above 400 lines is warned of, above 600 refused unless it is on the list and shrinks', () => {
  const tall = (count: number): ProjectTree => treeOf({ 'core/domain/src/a.ts': 'a\n'.repeat(count) });
  const levels = (count: number, known: Record<string, number> = {}): readonly string[] =>
    manners(tall(count), known).map(({ level }) => level);
  assert.deepEqual(levels(400), []);
  assert.deepEqual(levels(401), ['warning']);
  assert.deepEqual(levels(601), ['error']);
  const known = { 'core/domain/src/a.ts': 700 };
  assert.deepEqual(levels(700, known), []);
  assert.deepEqual(levels(701, known), ['error']);
  assert.deepEqual(levels(650, known), ['error'], 'what has shrunk must be recorded');
  assert.deepEqual(lowerLongFiles(tall(650), known), { 'core/domain/src/a.ts': 650 });
  assert.deepEqual(lowerLongFiles(tall(800), known), known, 'nothing is recorded upwards');
  assert.deepEqual(lowerLongFiles(tall(500), known), {});
  assert.deepEqual(
    manners(treeOf({}), known).map(({ level }) => level),
    ['error'],
  );
});

test('words that point outside the project or into the future are refused, with their line', () => {
  const refused: readonly (readonly [path: string, text: string])[] = [
    ['docs/a.md', `see\n${place('work')}x`],
    ['core/domain/src/a.ts', `const a =\n'${place('farm')}x';`],
    ['core/domain/src/a.ts', '\n// TODO later'],
    ['core/domain/src/a.test.ts', "\ntest.only('a', () => {});"],
    ['core/domain/src/a.test.ts', "\nt.skip('why');"],
    ['core/domain/src/a.test.ts', "\ntest('a', { skip: true }, () => {});"],
    ['docs/a.md', '\nas issue 12 asks'],
    ['package-lock.json', '{\n"resolved": "http://localhost:4873/x.tgz"}'],
    ['core/kernel/src/order/a.ts', '\nbroker.submit(order as ApprovedOrder);'],
    ['testing/orders/a.ts', "\nbroker.submit({ ...order, approvedBy: 'risk gate' });"],
  ];
  for (const [path, text] of refused)
    assert.match(errors(manners(treeOf({ [path]: text }), {})).join(), new RegExp(`^${path}:2: expected no `), text);
  const welcome = {
    'docs/a.md': 'the framework/main, a network/farm/x, https://a.b/homework/ and color #123',
    'core/domain/src/a.ts': '// TODO(ADR-0012)',
    'core/domain/src/a.test.ts': "test('a', { skip: leftOut('data/x.csv') }, () => {});",
    'package-lock.json': '"resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz"',
    'core/kernel/src/guards/risk-gate.ts': "({ ...request, approvedBy: 'risk gate' }) as ApprovedOrder",
    'core/kernel/src/order/b.ts': 'const { approvedBy: _, ...order } = approved;',
  };
  assert.deepEqual(manners(treeOf(welcome), {}), []);
});

test('a thrown code stands in the catalogue, and a code of the catalogue is thrown somewhere', () => {
  const catalogue = { [CODES_FILE]: "['bars/bad-row', 'bars/future', 'bars/future']" };
  const thrown = { 'core/domain/src/a.ts': "throw new BellwetherError(\n  'invalid',\n  'bars/bad-row',\n);" };
  const found = failureCodes(
    treeOf({ ...catalogue, ...thrown, 'db/src/a.ts': "new BellwetherError('bug', 'db/odd', '')" }),
  );
  assert.match(errors(found).join('\n'), /"bars\/future" twice[^]*db\/src\/a\.ts:1: expected a code of .*"db\/odd"/);
  assert.deepEqual(
    found.filter(({ level }) => level === 'warning').map(({ message }) => /"(.+)"/.exec(message)?.[1]),
    ['bars/future', 'bars/future'],
  );
});

test('escape hatches may only become fewer', () => {
  const tree = treeOf({
    'core/domain/src/a.ts': 'a as unknown as B; // biome-ignore lint/x: y',
    'core/domain/src/a.test.ts': 'a as unknown as B',
    'tools/a.ts': 'a as unknown as B',
  });
  const recorded = countHatches(tree);
  const { 'biome-ignore': ignored, 'as unknown as': cast, 'as unknown as in tests': castInTests, ...rest } = recorded;
  assert.deepEqual([ignored, cast, castInTests], [1, 1, 1]);
  assert.deepEqual(new Set(Object.values(rest)), new Set([0]));
  assert.deepEqual(escapeHatches(tree, recorded), []);
  assert.match(errors(escapeHatches(tree, { ...recorded, 'as unknown as': 0 })).join(), /at most 0 .*a\.ts:1/);
  assert.match(errors(escapeHatches(tree, { ...recorded, 'biome-ignore': 2 })).join(), /--lower/);
});

test('every dependency is pinned and has its line, and no line is left over', () => {
  const plant = (version: string, rows: string): readonly string[] =>
    errors(
      dependencyList(
        treeOf({
          'db/package.json': JSON.stringify({ dependencies: { pg: version, '@bellwether/domain': '0.1.0' } }),
          'docs/decisions/dependencies.md': LIST_HEAD + rows,
        }),
      ),
    );
  assert.deepEqual(plant('8.1.0', '| pg | 8.1.0 | MIT | driver |'), []);
  assert.match(plant('^8.1.0', '| pg | 8.1.0 | MIT | driver |').join(), /pinned exactly/);
  assert.match(plant('8.1.0', '').join(), /expected a line for pg/);
  assert.match(plant('8.2.0', '| pg | 8.1.0 | MIT | driver |').join(), /expected pg 8\.2\.0/);
  assert.match(plant('8.1.0', '| pg | 8.1.0 |  | driver |').join(), /was empty/);
  assert.match(plant('8.1.0', '| pg | 8.1.0 | MIT | driver |\n| old | 1.0.0 | MIT | was nice |').join(), /was old/);
});

test('decisions have their sections, and documents point to what exists', () => {
  const whole = Object.fromEntries(
    ['LICENSE', 'README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'GLOSSARY.md'].map((path) => [path, '']),
  );
  const decision = '# a\n\n## Context\n\n## Decision\n\n## Consequences\n\n## Rejected\n';
  const good = {
    ...whole,
    'docs/decisions/0001-a.md': decision,
    'README.md': '[a](docs/decisions/0001-a.md) `docs/decisions/`',
  };
  assert.deepEqual(documents(treeOf(good)), []);
  assert.match(errors(documents(treeOf({ ...good, 'docs/decisions/0001-b.md': decision }))).join(), /0001 twice/);
  assert.match(errors(documents(treeOf({ ...good, 'docs/decisions/0002-b.md': '# b' }))).join(), /"## Rejected"/);
  assert.match(
    errors(documents(treeOf({ ...good, 'GLOSSARY.md': '\n[a](b.md)' }))).join(),
    /GLOSSARY\.md:2: expected a link/,
  );
  assert.match(
    errors(documents(treeOf({ ...good, 'GLOSSARY.md': '`core/gone.ts`' }))).join(),
    /core\/gone\.ts to exist/,
  );
  assert.match(errors(documents(treeOf({ 'README.md': '' }))).join(), /LICENSE/);
  const contract = { 'core/ports/src/broker/broker.contract.ts': "  'BR-010 finds what it took': async () => {},\n" };
  const cards = (rows: string): readonly string[] =>
    errors(documents(treeOf({ ...whole, ...contract, 'docs/contracts/broker.md': rows })));
  assert.deepEqual(cards('| BR-010 | finds what it took | because |'), []);
  assert.match(cards('| BR-010 | finds it | because |').join(), /"BR-010 | finds what it took".*only cards/);
  const commands = { 'apps/cli/src/commands.ts': "  ['agents', a],\n  ['replay', b],\n" };
  const table = (rows: string): readonly string[] =>
    errors(documents(treeOf({ ...whole, ...commands, 'README.md': rows })));
  assert.deepEqual(table('| `agents` | a |\n| `replay` | b |'), []);
  assert.match(table('| `agents` | a |').join(), /a line for the command "replay"/);
  assert.match(table('| `agents` | a |\n| `replay` | b |\n| `gone` | c |').join(), /was "gone"/);
});
