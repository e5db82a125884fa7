import type { TestDatabase } from '../db/src/testing.ts';

export interface Column {
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
  readonly defaulted: boolean;
  readonly identity: boolean;
}

export interface Table {
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly Column[];
}

const TABLES = `
  SELECT n.nspname AS schema, c.relname AS name, c.oid::int AS oid, c.relrowsecurity AND c.relforcerowsecurity AS forced
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p') AND n.nspname IN ('app', 'engine', 'market')
  ORDER BY n.nspname, c.relname`;
const COLUMNS = `
  SELECT a.attrelid::int AS oid, a.attname AS name, format_type(a.atttypid, NULL) AS type, format_type(a.atttypid, a.atttypmod) AS full_type,
    NOT a.attnotnull AS nullable, a.atthasdef AS defaulted, a.attidentity = 'a' AS identity, pg_get_expr(d.adbin, d.adrelid) AS default_text
  FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  WHERE a.attrelid = ANY ($1) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attrelid, a.attnum`;
/** Everything else about a table, one statement-like line each, in an order that does not depend on object ids. */
const DETAILS = `
  SELECT conrelid::int AS oid, 1 AS rank, 'CONSTRAINT ' || conname || ' ' || pg_get_constraintdef(oid) AS line FROM pg_constraint
    WHERE conrelid = ANY ($1) AND contype <> 'n'
  UNION ALL SELECT i.indrelid::int, 2, pg_get_indexdef(i.indexrelid) FROM pg_index i
    WHERE i.indrelid = ANY ($1) AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u'))
  UNION ALL SELECT tgrelid::int, 3, pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = ANY ($1) AND NOT tgisinternal
  UNION ALL SELECT p.polrelid::int, 4, 'POLICY ' || p.polname || ' FOR ' || CASE p.polcmd WHEN '*' THEN 'ALL' WHEN 'r' THEN 'SELECT' ELSE p.polcmd::text END || ' TO '
      || (SELECT string_agg(r.rolname, ', ' ORDER BY r.rolname) FROM pg_roles r WHERE r.oid = ANY (p.polroles))
      || ' USING (' || coalesce(pg_get_expr(p.polqual, p.polrelid), 'true') || ')' FROM pg_policy p WHERE p.polrelid = ANY ($1)
  UNION ALL SELECT c.oid::int, 5, 'GRANT ' || string_agg(g.privilege_type, ', ' ORDER BY g.privilege_type) || ' TO ' || r.rolname
    FROM pg_class c, aclexplode(c.relacl) g JOIN pg_roles r ON r.oid = g.grantee
    WHERE c.oid = ANY ($1) AND g.grantee <> c.relowner GROUP BY c.oid, r.rolname
  UNION ALL SELECT a.attrelid::int, 6, 'GRANT ' || g.privilege_type || ' (' || string_agg(a.attname, ', ' ORDER BY a.attnum) || ') TO ' || r.rolname
    FROM pg_attribute a, aclexplode(a.attacl) g JOIN pg_roles r ON r.oid = g.grantee
    WHERE a.attrelid = ANY ($1) AND NOT a.attisdropped GROUP BY a.attrelid, g.privilege_type, r.rolname
  ORDER BY 1, 2, 3`;

interface TableRow {
  readonly schema: string;
  readonly name: string;
  readonly oid: number;
  readonly forced: boolean;
}
type ColumnRow = Column & { readonly oid: number; readonly full_type: string; readonly default_text: string | null };

/** Reads the tables of our schemas, and lists them with constraints, indexes, triggers, policies and grants. */
export async function readCatalog(
  pool: TestDatabase['owner']['pool'],
): Promise<{ readonly tables: readonly Table[]; readonly listing: string }> {
  const tables = (await pool.query<TableRow>(TABLES)).rows;
  const oids = tables.map(({ oid }) => oid);
  const columns = (await pool.query<ColumnRow>(COLUMNS, [oids])).rows;
  const details = (await pool.query<{ oid: number; line: string }>(DETAILS, [oids])).rows;
  const listing = tables.map((table) => {
    const own = columns.filter(({ oid }) => oid === table.oid).map(columnLine);
    const rest = details.filter(({ oid }) => oid === table.oid).map(({ line }) => `  ${line}`);
    const security = table.forced ? 'row-level security forced' : 'no row-level security';
    return `${table.schema}.${table.name} -- ${security}\n${[...own, ...rest].join('\n')}\n`;
  });
  return {
    tables: tables.map(({ schema, name, oid }) => ({
      schema,
      name,
      columns: columns.filter((column) => column.oid === oid),
    })),
    listing: `-- Written by tools/generate-schema.ts from the migrated database: a listing to read, not a script to run.\n\n${listing.join('\n')}`,
  };
}

function columnLine({ name, full_type, nullable, identity, default_text }: ColumnRow): string {
  const preset = identity ? ' GENERATED ALWAYS AS IDENTITY' : default_text === null ? '' : ` DEFAULT ${default_text}`;
  return `  ${name} ${full_type}${nullable ? '' : ' NOT NULL'}${preset}`;
}
