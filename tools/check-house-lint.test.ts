import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const BIOME = join(ROOT, 'node_modules/@biomejs/biome/bin/biome');

const AMBIENT = 'Expected the instant from the event';
const ENVIRONMENT = 'Expected settings from apps/server/src/config.ts';
const MODEL = 'Expected the LanguageModel port';
const ORDER = 'Expected an order approved by the risk gate';

/** Where the line stands, the line, and how the finding begins; undefined: no finding. */
const LINES: readonly (readonly [path: string, line: string, finding: string | undefined])[] = [
  ['core/domain/src/a.ts', 'export const a = Date.now();', AMBIENT],
  ['core/domain/src/b.ts', 'export const a = new Date();', AMBIENT],
  ['core/domain/src/c.ts', 'export const a = new Date(5);', undefined],
  ['core/domain/src/d.ts', 'export const a = Math.random;', AMBIENT],
  ['core/kernel/src/deep/e.ts', 'export const a = Temporal.Now.instant();', AMBIENT],
  ['agents/src/risk/a/a.ts', 'export const a = performance.now();', AMBIENT],
  ['agents/src/risk/a/a.test.ts', 'export const a = Date.now();', undefined],
  ['runtimes/durable/src/a.ts', 'export const a = Date.now();', undefined],
  ['runtimes/durable/src/b.ts', 'export const { HOME } = process.env;', ENVIRONMENT],
  ['db/src/a.ts', "export const a = process['env'];", ENVIRONMENT],
  ['db/src/c.ts', "import { env } from 'node:process';\nexport const a = env;", ENVIRONMENT],
  ['apps/server/src/config.ts', 'export const a = process.env;', undefined],
  ['tools/a.ts', 'export const a = process.env;', undefined],
  ['adapters/src/language-models/recorded/a.ts', "export { generateText } from 'ai';", MODEL],
  ['core/domain/src/f.ts', "export { openai } from '@ai-sdk/openai';", MODEL],
  ['core/domain/src/g.ts', "export { plane } from 'aircraft';", undefined],
  ['adapters/src/language-models/ai-sdk/a.ts', "export { generateText } from 'ai';", undefined],
  ['core/kernel/src/order/a.ts', 'export const a = { quantity: 1 } as ApprovedOrder;', ORDER],
  ['core/kernel/src/guards/risk-gate.ts', 'export const a = { quantity: 1 } as ApprovedOrder;', undefined],
  ['core/domain/src/h.ts', 'export default 1;', 'Avoid default exports'],
  ['core/domain/src/i.ts', 'export enum A { B }', "Don't use enum"],
  ['core/domain/src/j.ts', 'export const a: any = 1;', 'Unexpected any'],
];

interface Finding {
  readonly message: string;
  readonly location: { readonly path: string };
}

test('every house rule of the linter bites where it should and nowhere else', (t) => {
  const tree = mkdtempSync(join(tmpdir(), 'bellwether-lint-'));
  t.after(() => rmSync(tree, { recursive: true, force: true }));
  cpSync(join(ROOT, 'biome.json'), join(tree, 'biome.json'));
  cpSync(join(ROOT, 'tools/house-rules'), join(tree, 'tools/house-rules'), { recursive: true });
  for (const [path, line] of LINES) {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), `${line}\n`);
  }
  const options = ['lint', '--vcs-enabled=false', '--reporter=json', '--max-diagnostics=none'];
  const run = spawnSync(process.execPath, [BIOME, ...options, '.'], { cwd: tree, encoding: 'utf8' });
  const { diagnostics } = JSON.parse(run.stdout) as { diagnostics: readonly Finding[] };
  const found = LINES.map(([path]) => [path, diagnostics.filter(({ location }) => location.path === path)] as const);
  for (const [index, [path, findings]] of found.entries()) {
    const expected = LINES[index]?.[2];
    const messages = findings.map(({ message }) => message);
    if (expected === undefined) assert.deepEqual(messages, [], path);
    else
      assert.ok(
        messages.some((message) => message.startsWith(expected)),
        `${path}: ${messages.join(' | ') || 'nothing'}`,
      );
  }
});
