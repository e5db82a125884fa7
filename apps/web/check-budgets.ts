import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

/** Holds the production build to its budgets: gzip -6 of the files that index.html names, of every lazy chunk, and of the font as it is. */

const BUILD = join(fileURLToPath(new URL('.', import.meta.url)), 'dist', 'browser');
const FIRST_VIEW_BYTES = 150_000;
/** The chart library and the layout library are chunks of their own, so each stays well below what its route may add. */
const LAZY_CHUNK_BYTES = 60_000;
const FONT_BYTES = 50_000;

const gzipped = (file: string) => gzipSync(readFileSync(join(BUILD, file)), { level: 6 }).length;

const index = readFileSync(join(BUILD, 'index.html'), 'utf8');
const named = [...new Set([...index.matchAll(/(?:src|href)="([\w-]+\.(?:js|css))"/g)].map((match) => match[1] ?? ''))];
const lazy = readdirSync(BUILD).filter((file) => /\.(js|css)$/.test(file) && !named.includes(file));
const fonts = readdirSync(join(BUILD, 'media'));

const rows = [
  {
    what: `first view (${named.length} files)`,
    bytes: named.reduce((sum, file) => sum + gzipped(file), 0),
    most: FIRST_VIEW_BYTES,
  },
  ...lazy.map((file) => ({ what: file, bytes: gzipped(file), most: LAZY_CHUNK_BYTES })),
  ...fonts.map((file) => ({ what: file, bytes: readFileSync(join(BUILD, 'media', file)).length, most: FONT_BYTES })),
];
if (named.length === 0) throw new Error(`expected index.html in ${BUILD} to name scripts, named none`);
for (const row of rows.sort((a, b) => b.bytes - a.bytes)) {
  console.log(`${row.bytes > row.most ? 'OVER' : 'ok  '} ${String(row.bytes).padStart(7)} of ${row.most}  ${row.what}`);
}
if (rows.some((row) => row.bytes > row.most)) process.exitCode = 1;
