import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { numberKey, pageKey, timeKey, toPage, type PageKey } from './record-page.js';

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

/** A cursor of some list whose last item had this key. */
const cursorAfter = (...key: PageKey): string => toPage([0, 0], 1, () => key, String).nextCursor ?? '';

describe('a cursor of another list', () => {
  it('is refused where the order is a number', () => {
    expect(numberKey(cursorAfter(7, ''))).toBe(7);
    expect(numberKey(undefined)).toBeUndefined();
    expect(() => numberKey(cursorAfter('a name', ''))).toThrow(/invalid-request/);
  });

  it.each(['a name', Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER, Date.UTC(10_000, 0), Date.parse('0000-12-31T00:00:00Z')])(
    'is refused where the order is a time: %s',
    (key) => {
      expect(() => timeKey(cursorAfter(key, 'id'))).toThrow(/invalid-request/);
    },
  );

  it('a time is one, also before the clocks of computers begin', () => {
    const diexi = Date.parse('1933-08-25T00:00:00Z');
    expect([0, diexi].map((time) => timeKey(cursorAfter(time, 'id')))).toEqual([0, diexi]);
  });
});
