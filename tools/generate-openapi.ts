/**
 * Writes the API's description from its routes' schemas.
 * apps/api/src → apps/api/openapi.generated.json. `--check` only compares.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createApi } from '../apps/api/src/index.ts';
import { NYSE_CALENDAR } from '../core/domain/src/index.ts';
import { openDatabase } from '../db/src/index.ts';

const OUTPUT = fileURLToPath(new URL('../apps/api/openapi.generated.json', import.meta.url));

// The description depends on no row and no catalogue; the database is never connected to.
const unused = () => Promise.reject(new Error('expected nobody to ask while the API is described'));
const database = openDatabase('postgres://nobody@127.0.0.1:1/none');
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};
const api = await createApi({
  database,
  engine: { run: unused, start: unused, stop: unused, cancel: unused, request: unused },
  agents: new Map(),
  agentDescriptions: [],
  indicators: new Map(),
  templates: [],
  tapes: { tapes: [], bars: unused },
  calendar: NYSE_CALENDAR,
  now: () => 0,
  version,
  isDemo: false,
});
const text = `${JSON.stringify(api.swagger(), null, 2)}\n`;
await api.close();
await database.close();

const isSame = existsSync(OUTPUT) && readFileSync(OUTPUT, 'utf8') === text;
if (process.argv.includes('--check')) {
  if (!isSame) {
    console.error(`expected ${OUTPUT} to match the routes, was different; run: node tools/generate-openapi.ts`);
    process.exitCode = 1;
  }
} else {
  if (!isSame) writeFileSync(OUTPUT, text);
  console.log(isSame ? 'description unchanged' : `wrote ${OUTPUT}`);
}
