import { Problem, type Page, type PageQuery } from '#libs/contracts';
import { at, type Sql } from './database.js';

/** Place of the last item of a page in the order of its list: what the next page starts after. */
export type PageKey = readonly [number | string, string];

const encode = (key: PageKey): string => Buffer.from(JSON.stringify(key)).toString('base64url');

/**
 * Key inside a cursor given back by a client; undefined for the first page.
 * @throws Problem invalid-request for a text this program did not make
 */
export function pageKey(cursor: string | undefined): PageKey | undefined {
  if (cursor === undefined || cursor === '') return undefined;
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (
      Array.isArray(key) &&
      key.length === 2 &&
      typeof key[1] === 'string' &&
      (typeof key[0] === 'string' || Number.isSafeInteger(key[0]))
    )
      return [key[0] as number | string, key[1]];
  } catch (error) {
    throw badCursor(error);
  }
  throw badCursor();
}

const badCursor = (cause?: unknown): Problem =>
  Object.assign(new Problem('invalid-request', 'cursor: not one this list gave out; leave it away to start over'), { cause });

/**
 * As `pageKey`, of a list in the order of a number.
 * @throws Problem invalid-request, also for the cursor of another list
 */
export function numberKey(cursor: string | undefined): number | undefined {
  const [key] = pageKey(cursor) ?? [];
  if (typeof key === 'string') throw badCursor();
  return key;
}

/** Years PostgreSQL reads as JavaScript writes them; a time outside would be an error of ours and not of whoever made the cursor up. */
const [FIRST_MS, LAST_MS] = [Date.parse('0001-01-01T00:00:00Z'), Date.parse('9999-12-31T23:59:59.999Z')];

/**
 * As `numberKey`, of a list in the order of a time, epoch ms.
 * @throws Problem invalid-request, also for the cursor of another list
 */
export function timeKey(cursor: string | undefined): number | undefined {
  const key = numberKey(cursor);
  if (key !== undefined && (key < FIRST_MS || key > LAST_MS)) throw badCursor();
  return key;
}

/** A page out of `limit + 1` rows: one row too many says there is a next page. */
export function toPage<R, T>(rows: readonly R[], limit: number, keyOf: (row: R) => PageKey, itemOf: (row: R) => T): Page<T> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(itemOf), nextCursor: rows.length > limit && last !== undefined ? encode(keyOf(last)) : null };
}

/** Records in the order of a time, and of their ids within the same millisecond. */
export interface TimedList<R> {
  table: string;
  /** `id` and the time among them. */
  columns: string;
  /** Column of the time; it holds whole milliseconds, or a page would lose what lies between two. */
  time: keyof R & string;
  /** Which of them, of `values` as $1, $2, … */
  where: string;
  values: readonly unknown[];
  /** Otherwise newest first. */
  oldestFirst?: boolean;
}

/** @throws Problem invalid-request for a cursor this list did not give out */
export async function pageInTime<R extends { id: string }, T>(
  db: Sql,
  { table, columns, time, where, values, oldestFirst = false }: TimedList<R>,
  { cursor, limit }: PageQuery,
  itemOf: (row: R) => T,
): Promise<Page<T>> {
  const after = timeKey(cursor);
  const [, id] = pageKey(cursor) ?? [];
  const [n, way, beyond] = [values.length, oldestFirst ? 'asc' : 'desc', oldestFirst ? '>' : '<'];
  const rows = await db.query<R>(
    `select ${columns} from ${table}
      where ${where} and ($${n + 1}::timestamptz is null or (${time}, id) ${beyond} ($${n + 1}, $${n + 2}::text))
      order by ${time} ${way}, id ${way} limit $${n + 3}`,
    [...values, after === undefined ? null : at(after), id ?? '', limit + 1],
  );
  return toPage(rows, limit, (row) => [Number(row[time]), row.id], itemOf);
}
