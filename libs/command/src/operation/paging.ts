import { Problem, type Page, type PageQuery } from '#libs/contracts';

/**
 * One page of a list kept in memory, in the order of its keys; the cursor is the key of the last item.
 * @throws Problem invalid-request for a cursor that is none of ours
 */
export function pageOfList<T>(all: readonly T[], key: (item: T) => string, { limit, cursor }: PageQuery): Page<T> {
  const after = cursor === undefined ? undefined : decodeCursor(cursor);
  const sorted = all.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
  const rest = after === undefined ? sorted : sorted.filter((item) => key(item) > after);
  const items = rest.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rest.length > limit && last !== undefined ? encodeCursor(key(last)) : null };
}

const encodeCursor = (key: string): string => `k${Buffer.from(key).toString('base64url')}`;
function decodeCursor(cursor: string): string {
  if (!/^k[\w-]*$/.test(cursor)) throw new Problem('invalid-request', 'cursor: not one this list has given; start again without it');
  return Buffer.from(cursor.slice(1), 'base64url').toString();
}
