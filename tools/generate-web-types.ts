/**
 * Writes the web app's types of the API from its description.
 * apps/api/openapi.generated.json → apps/web/src/app/api/schema.generated.ts. `--check` only compares.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const INPUT = new URL('../apps/api/openapi.generated.json', import.meta.url);
const OUTPUT = fileURLToPath(new URL('../apps/web/src/app/api/schema.generated.ts', import.meta.url));

/** What this tool uses of the library, which is the web app's dependency and lies in its folder. */
interface Generator {
  readonly default: (description: URL, options: { readonly alphabetize: boolean }) => Promise<unknown>;
  readonly astToString: (ast: unknown) => string;
}

const inWeb = createRequire(new URL('../apps/web/package.json', import.meta.url));
const generator = inWeb('openapi-typescript') as Generator;
const types = generator.astToString(await generator.default(INPUT, { alphabetize: false }));
const text = `// Written by tools/generate-web-types.ts from the API's description; not edited by hand.\n${types}`;

const isSame = existsSync(OUTPUT) && readFileSync(OUTPUT, 'utf8') === text;
if (process.argv.includes('--check')) {
  if (!isSame) {
    console.error(
      `expected ${OUTPUT} to match the API's description, was different; run: node tools/generate-web-types.ts`,
    );
    process.exitCode = 1;
  }
} else {
  if (!isSame) writeFileSync(OUTPUT, text);
  console.log(isSame ? 'types unchanged' : `wrote ${OUTPUT}`);
}
