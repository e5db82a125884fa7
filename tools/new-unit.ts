/**
 * Makes a new unit from its room's template: `npm run new:agent -- analysis/my-idea`.
 * agents/src/_template → agents/src/<category>/<name>, every name in it changed; then the catalogue is written anew.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CATEGORIES = ['trigger', 'data', 'analysis', 'risk', 'execution', 'reporting'];

const [room, place = ''] = process.argv.slice(2);
const match = /^([a-z]+)\/([a-z][a-z0-9]*(?:-[a-z0-9]+)*)$/.exec(place);
const [category, name] = [match?.[1], match?.[2]];
if (room !== 'agent' || category === undefined || name === undefined || !CATEGORIES.includes(category)) {
  fail(
    2,
    `expected <category>/<name> with a category of ${CATEGORIES.join(', ')} and a name such as my-idea, was "${place}"`,
  );
} else make(category, name);

function make(category: string, name: string): void {
  const target = join(ROOT, 'agents/src', category, name);
  if (existsSync(target))
    return fail(1, `expected a new name, but agents/src/${category}/${name} exists; choose another`);
  cpSync(join(ROOT, 'agents/src/_template'), target, { recursive: true });
  const words = name.split('-');
  const pascal = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
  const title = words.join(' ');
  for (const file of readdirSync(target)) {
    const path = join(target, file);
    const text = readFileSync(path, 'utf8')
      .replaceAll('template_agent', `${words.join('_')}_agent`)
      .replaceAll('./template.', `./${name}.`)
      .replaceAll("category: 'analysis'", `category: '${category}'`)
      .replaceAll("'Template'", `'${title.charAt(0).toUpperCase()}${title.slice(1)}'`)
      .replaceAll('templateAgent', `${pascal.charAt(0).toLowerCase()}${pascal.slice(1)}Agent`)
      .replaceAll('templateConfig', `${pascal.charAt(0).toLowerCase()}${pascal.slice(1)}Config`)
      .replaceAll('Template agent', `${title.charAt(0).toUpperCase()}${title.slice(1)} agent`)
      .replaceAll('template agent', `${title} agent`)
      .replaceAll('Template', pascal)
      .replaceAll('analysis/my-idea', `${category}/${name}`);
    writeFileSync(path, text);
    renameSync(path, join(target, file.replace('template', name)));
  }
  const { status } = spawnSync(process.execPath, [join(ROOT, 'tools/generate-agent-catalogue.ts')], {
    stdio: 'inherit',
  });
  if (status !== 0) return fail(1, 'the catalogue could not be written; see above');
  console.log(`made agents/src/${category}/${name}; next: its schema, decide and tests, then npm run check`);
}

function fail(code: number, message: string): void {
  console.error(message);
  process.exitCode = code;
}
