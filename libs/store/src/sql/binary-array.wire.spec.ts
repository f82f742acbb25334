import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase, type TestDatabase } from '#libs/testing';
import { float8Array, int4Array, int8Array, timeArray } from './binary-array.js';
import { Database } from './database.js';
import { DataRefused } from './errors.js';

const self = <T>(value: T): T => value;

describe('arrays in binary', () => {
  let home: TestDatabase;
  let db: Database;
  beforeAll(async () => {
    home = await testDatabase('arrays in binary');
    db = new Database({ url: home.url });
  });
  afterAll(async () => {
    await db.close();
    await home.drop();
  });

  /** What PostgreSQL read, by its own printing. */
  async function read(type: string, bytes: Buffer): Promise<(string | null)[]> {
    const rows = await db.query<{ value: string | null }>(
      `select value::text as value from unnest($1::${type}[]) with ordinality t (value, place) order by place`,
      [bytes],
    );
    return rows.map(({ value }) => value);
  }

  it('are the whole numbers that were given', () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.maxSafeInteger()), fc.array(fc.option(fc.integer())), async (large, small) => {
        expect(await read('bigint', int8Array(large, self))).toEqual(large.map(String));
        expect(await read('integer', int4Array(small, self))).toEqual(small.map((value) => (value === null ? null : String(value))));
      }),
      { numRuns: 50 },
    ));

  it('are the doubles that were given', () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.double({ noNaN: true })), async (values) => {
        const rows = await db.query<{ value: number }>('select * from unnest($1::float8[]) t (value)', [float8Array(values, self)]);
        expect(rows.map(({ value }) => value)).toEqual(values.map((value) => value + 0));
      }),
      { numRuns: 50 },
    ));

  it('are the times that were given, to the millisecond, over the whole calendar', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.option(fc.integer({ min: Date.parse('0001-01-01T00:00:00Z'), max: Date.parse('9999-12-31T23:59:59.999Z') }))),
        async (times) => {
          const rows = await db.query<{ ms: string | null }>(
            `select (extract(epoch from t.time) * 1000)::bigint::text as ms from unnest($1::timestamptz[]) with ordinality t (time, place) order by place`,
            [timeArray(times, self)],
          );
          expect(rows.map(({ ms }) => ms)).toEqual(times.map((time) => (time === null ? null : String(time))));
        },
      ),
      { numRuns: 50 },
    ));

  it.each([-8.64e15, -9e15, 1e300, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
    'refuses time %d as any other time out of range',
    async (time) => {
      await expect((async () => read('timestamptz', timeArray([time], self)))()).rejects.toThrow(DataRefused);
    },
  );
});
