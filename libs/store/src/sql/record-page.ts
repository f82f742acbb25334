import { Problem, type Page } from '#libs/contracts';

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

/** A page out of `limit + 1` rows: one row too many says there is a next page. */
export function toPage<R, T>(rows: readonly R[], limit: number, keyOf: (row: R) => PageKey, itemOf: (row: R) => T): Page<T> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(itemOf), nextCursor: rows.length > limit && last !== undefined ? encode(keyOf(last)) : null };
}
