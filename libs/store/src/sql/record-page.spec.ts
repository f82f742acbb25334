import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pageKey, toPage, type PageKey } from './record-page.js';

const keyOf = (row: { at: number; id: string }): PageKey => [row.at, row.id];

describe('toPage', () => {
  it('gives no cursor when nothing follows', () => {
    expect(toPage([{ at: 1, id: 'a' }], 1, keyOf, (row) => row.id)).toEqual({ items: ['a'], nextCursor: null });
  });

  it('leads through every row once', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string(), { maxLength: 30 }), fc.integer({ min: 1, max: 7 }), (ids, limit) => {
        const rows = ids.map((id, n) => ({ at: Math.floor(n / 3), id }));
        const seen: string[] = [];
        let cursor: string | undefined;
        do {
          const after = pageKey(cursor);
          const start = after ? rows.findIndex((row) => row.at === after[0] && row.id === after[1]) + 1 : 0;
          const page = toPage(rows.slice(start, start + limit + 1), limit, keyOf, (row) => row.id);
          seen.push(...page.items);
          cursor = page.nextCursor ?? undefined;
        } while (cursor !== undefined);
        expect(seen).toEqual(ids);
      }),
    );
  });
});

describe('pageKey', () => {
  it.each(['%%%', Buffer.from('{}').toString('base64url'), Buffer.from('[1.5,"a"]').toString('base64url'), 'null'])(
    'refuses %s as invalid-request',
    (cursor) => {
      expect(() => pageKey(cursor)).toThrow(/invalid-request/);
    },
  );

  it('is undefined for the first page', () => {
    expect(pageKey(undefined)).toBeUndefined();
  });
});
