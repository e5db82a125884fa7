import { BellwetherError } from '@bellwether/domain';
import Type from 'typebox';

export const LARGEST_PAGE = 200;
const USUAL_PAGE = 50;

/** The query of a list: newest first, `cursor` from the page before. */
export const pageQuery = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: LARGEST_PAGE })),
  cursor: Type.Optional(Type.String({ maxLength: 300 })),
};

/** The row after which a page begins: lists are ordered by instant and id, both falling. */
export interface PageStart {
  readonly at: string;
  readonly id: string;
}

export interface PageRequest {
  readonly limit: number;
  readonly after: PageStart | null;
}

export function pageRequest(query: { readonly limit?: number; readonly cursor?: string }): PageRequest {
  return { limit: query.limit ?? USUAL_PAGE, after: query.cursor === undefined ? null : readCursor(query.cursor) };
}

/** Cuts rows, of which one more than the page was asked for, into a page. */
export function pageOf<Row, Item>(
  rows: readonly Row[],
  limit: number,
  startOf: (row: Row) => PageStart,
  itemOf: (row: Row) => Item,
): { items: Item[]; next_cursor: string | null } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(itemOf),
    next_cursor: rows.length > limit && last !== undefined ? writeCursor(startOf(last)) : null,
  };
}

function writeCursor({ at, id }: PageStart): string {
  return Buffer.from(JSON.stringify([at, id])).toString('base64url');
}

function readCursor(cursor: string): PageStart {
  try {
    const [at, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as [string, string];
    return { at: Temporal.Instant.from(at).toString(), id: String(id) };
  } catch (cause) {
    throw new BellwetherError(
      'invalid',
      'request/invalid',
      'expected the next_cursor of a page before, was something else; leave cursor out to begin at the first page',
      {},
      cause,
    );
  }
}
