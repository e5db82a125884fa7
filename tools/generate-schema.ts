/**
 * Writes what the migrations make of an empty database: Kysely's types and a readable listing.
 * migrations → a real PostgreSQL → its catalog → db/src/schema.generated.ts, db/src/schema.sql. `--check` only compares.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startTestDatabase } from '../db/src/testing.ts';
import { readCatalog, type Table } from './schema-catalog.ts';

const TYPES = fileURLToPath(new URL('../db/src/schema.generated.ts', import.meta.url));
const LISTING = fileURLToPath(new URL('../db/src/schema.sql', import.meta.url));

/** The database's type → what is read, and what may be written. */
const COLUMN_TYPES: Readonly<Record<string, readonly [read: string, write: string]>> = {
  text: ['string', 'string'],
  uuid: ['string', 'string'],
  integer: ['number', 'number'],
  boolean: ['boolean', 'boolean'],
  bytea: ['Buffer', 'Buffer'],
  date: ['string', 'string'],
  bigint: ['string', 'string | number | bigint'],
  numeric: ['string', 'string | number'],
  json: ['unknown', 'string'],
  jsonb: ['unknown', 'string'],
  'timestamp with time zone': ['Temporal.Instant', 'Temporal.Instant | string'],
};

await using database = await startTestDatabase();
const catalog = await readCatalog(database.owner.pool);
const outputs: readonly (readonly [path: string, text: string])[] = [
  [TYPES, asTypes(catalog.tables)],
  [LISTING, catalog.listing],
];
const stale = outputs.filter(([path, text]) => !existsSync(path) || readFileSync(path, 'utf8') !== text);
if (process.argv.includes('--check')) {
  for (const [path] of stale)
    console.error(`expected ${path} to match the migrations, was different; run: node tools/generate-schema.ts`);
  process.exitCode = stale.length === 0 ? 0 : 1;
} else {
  for (const [path, text] of stale) writeFileSync(path, text);
  console.log(stale.length === 0 ? 'schema unchanged' : `wrote ${stale.map(([path]) => path).join(' and ')}`);
}

function asTypes(tables: readonly Table[]): string {
  const interfaces = tables.map((table) => {
    const columns = table.columns.map((column) => `  ${column.name}: ${columnType(table, column)};`);
    return `export interface ${interfaceName(table)} {\n${columns.join('\n')}\n}\n`;
  });
  const index = tables.map((table) => `  '${table.schema}.${table.name}': ${interfaceName(table)};`);
  return [
    '// Written by tools/generate-schema.ts from the migrated database; not edited by hand.',
    "import type { ColumnType, Generated, GeneratedAlways } from 'kysely';",
    '',
    'type Column<Read, Write> = ColumnType<Read, Write, Write>;',
    'type Defaulted<Read, Write> = ColumnType<Read, Write | undefined, Write>;',
    '',
    ...interfaces,
    `/** Every table, by its qualified name. \`jsonb\` is written as text: the driver would take an array for a PostgreSQL array. */`,
    `export interface Schema {\n${index.join('\n')}\n}\n`,
  ].join('\n');
}

function columnType(table: Table, column: Table['columns'][number]): string {
  const known = COLUMN_TYPES[column.type];
  if (known === undefined) {
    throw new Error(
      `expected a known type for ${table.schema}.${table.name}.${column.name}, was ${column.type}; add it to COLUMN_TYPES`,
    );
  }
  const [read, write] = known.map((type) => (column.nullable && type !== 'unknown' ? `${type} | null` : type)) as [
    string,
    string,
  ];
  if (column.identity) return `GeneratedAlways<${read}>`;
  if (read === write) return column.defaulted ? `Generated<${read}>` : read;
  return `${column.defaulted || column.nullable ? 'Defaulted' : 'Column'}<${read}, ${write}>`;
}

function interfaceName({ schema, name }: Table): string {
  return [schema, ...name.split('_')].map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}
