/**
 * Writes the list of all agents from what lies in their folders.
 * agents/src/<category>/<name>/<name>.agent.ts → agents/src/catalogue.generated.ts. `--check` only compares.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SOURCE = fileURLToPath(new URL('../agents/src', import.meta.url));
const OUTPUT = join(SOURCE, 'catalogue.generated.ts');
/** In the order in which a pipeline uses them, which is the palette's. */
const CATEGORIES = ['trigger', 'data', 'analysis', 'risk', 'execution', 'reporting', 'system'];

interface Entry {
  readonly path: string;
  readonly name: string;
}

function entriesOf(category: string): Entry[] {
  const folder = join(SOURCE, category);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((unit) => unit.isDirectory())
    .map((unit) => unit.name)
    .sort()
    .map((unit) => {
      const path = `./${category}/${unit}/${unit}.agent.ts`;
      const file = join(SOURCE, path);
      const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
      const names = [...text.matchAll(/^export const (\w+Agent)\b/gm)].map((match) => match[1] as string);
      if (names.length !== 1) {
        throw new Error(
          `expected ${path} to export one constant whose name ends in Agent, was ${names.length}; see agents/src/_template`,
        );
      }
      return { path, name: names[0] as string };
    });
}

const entries = CATEGORIES.flatMap(entriesOf);
const text = `// Written by tools/generate-agent-catalogue.ts from the agents' folders; do not edit.
${[...entries]
  .sort((a, b) => (a.path < b.path ? -1 : 1))
  .map(({ name, path }) => `import { ${name} } from '${path}';`)
  .join('\n')}

/** Every agent, in the order of the palette. */
export const AGENTS = [
${entries.map(({ name }) => `  ${name},`).join('\n')}
] as const;
`;

const isCurrent = existsSync(OUTPUT) && readFileSync(OUTPUT, 'utf8') === text;
if (!process.argv.includes('--check')) {
  if (!isCurrent) writeFileSync(OUTPUT, text);
  console.log(isCurrent ? 'agent catalogue unchanged' : `wrote ${entries.length} agents to ${OUTPUT}`);
} else if (!isCurrent) {
  console.error(
    'expected agents/src/catalogue.generated.ts to list the agents’ folders, was different; run: node tools/generate-agent-catalogue.ts',
  );
  process.exitCode = 1;
}
