import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { qualityFlags, type StoredReading } from '#libs/contracts';
import { reading, readingsDatabase, type ReadingsDatabase } from '../fakes/readings.js';
import { Database } from '../sql/database.js';
import { pgReadings } from './reading.js';

let home: ReadingsDatabase;
beforeAll(async () => {
  home = await readingsDatabase('readings stored once');
});
afterAll(() => home?.close());
beforeEach(() => home.empty());

it('stores (device, channel, time) once: within a batch, over batches, and for another instance', async () => {
  const twice = [reading(1), reading(2, { time: reading(1).time, value: 99 }), reading(3)];
  const store = pgReadings(home.db);
  expect((await store.commit({ readings: twice, quarantine: [] })).storedSeqs).toEqual(new Set([1, 3]));
  const resent = [reading(4, { time: reading(1).time }), reading(5), reading(6, { time: reading(3).time })];
  expect((await store.commit({ readings: resent, quarantine: [] })).storedSeqs).toEqual(new Set([5]));
  expect((await pgReadings(home.db).commit({ readings: [reading(7, { time: reading(1).time })], quarantine: [] })).storedSeqs).toEqual(
    new Set(),
  );
  expect((await home.rows()).map(({ seq, value }) => [seq, value])).toEqual([
    [1, 1 / 3],
    [3, 1],
    [5, 5 / 3],
  ]);
});

it('puts another value for a stored time aside with both values, once, and keeps the first', async () => {
  const told: number[] = [];
  const store = pgReadings(home.db, { conflicted: (count) => told.push(count) });
  const time = reading(1).time;
  const batch = [reading(1, { value: 1.5 }), reading(2, { time, value: 2.5 }), reading(3, { time, value: 1.5 }), reading(4)];
  expect((await store.commit({ readings: batch, quarantine: [] })).storedSeqs).toEqual(new Set([1, 4]));
  const later = [reading(5, { time, value: 2.5 }), reading(6, { time, value: -0.25 }), reading(7, { time, value: 1.5 })];
  expect((await store.commit({ readings: later, quarantine: [] })).storedSeqs).toEqual(new Set());
  const put = (await home.quarantine()).map(({ reason, payload }) => [
    reason,
    JSON.parse(payload.toString()) as { stored: number; value: number },
  ]);
  expect(put).toHaveLength(2);
  for (const value of [2.5, -0.25])
    expect(put).toContainEqual(['conflict', expect.objectContaining({ deviceId: 'D1', channel: 'L1_LF_1', stored: 1.5, value, time })]);
  expect((await home.rows()).map(({ seq, value }) => [seq, value])).toEqual([
    [1, 1.5],
    [4, 4 / 3],
  ]);
  expect(told).toEqual([1, 2]);
});

it('takes a resend as a duplicate and no conflict, whatever the double', async () => {
  const store = pgReadings(home.db);
  const values = [0, -0, 1e308, -5e-324, 0.1, 1 / 3, 2 ** 53 + 2, 123_456_789.123_456_78];
  const first = values.map((value, i) => reading(i + 1, { value }));
  await store.commit({ readings: first, quarantine: [] });
  await store.commit({ readings: first.map((each) => ({ ...each, seq: each.seq + 100 })), quarantine: [] });
  expect(await home.quarantine()).toEqual([]);
});

describe('by COPY, and by an insert after a duplicate', () => {
  /** A store, and how often each way was taken. */
  const counted = () => {
    const ways = { copied: 0, inserted: 0 };
    const watched = new Database({ url: home.url });
    const copyIn = watched.copyIn.bind(watched);
    const run = watched.run.bind(watched);
    watched.copyIn = (...args) => ((ways.copied += 1), copyIn(...args));
    watched.run = (sql, ...rest) => ((ways.inserted += sql.includes('insert into ingest.reading_row') ? 1 : 0), run(sql, ...rest));
    return { db: watched, ways, store: pgReadings(watched) };
  };

  it('writes the same rows', async () => {
    const { db: own, ways, store } = counted();
    const raw = (): Promise<object[]> =>
      home.db.query(
        'select time, seq, value, received_after, received_at, series, point, quality from ingest.reading_row where seq > 2 order by seq',
      );
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(
          fc.record({
            time: fc.integer({ min: Date.parse('0001-01-01T00:00:00Z'), max: Date.parse('9999-12-31T23:59:59.999Z') }),
            value: fc.double({ noNaN: true }),
            delay: fc.oneof(fc.integer({ min: -5000, max: 5000 }), fc.integer({ min: -(2 ** 33), max: 2 ** 33 })),
            quality: fc.subarray([...qualityFlags]),
            device: fc.constantFrom('D1', 'D2'),
            hazardPoint: fc.constantFrom('5001120001', '5001120002'),
          }),
          { maxLength: 30, selector: ({ device, time }) => `${device} ${time}` },
        ),
        async (made) => {
          await home.db.run('truncate ingest.reading_row');
          const all = made.map(({ delay, device, ...rest }, i) =>
            reading(i + 3, { ...rest, deviceId: device, receivedAt: rest.time + delay }),
          );
          const before = ways.copied;
          const fresh = counted();
          await fresh.store.commit({ readings: all, quarantine: [] });
          expect(fresh.ways).toEqual({ copied: all.length > 0 ? 1 : 0, inserted: 0 });
          await fresh.db.close();
          const copied = await raw();
          await home.db.run('truncate ingest.reading_row');
          // The first of two is a duplicate of the second: from here on `store` inserts.
          await store.commit({ readings: [reading(1), reading(2, { time: reading(1).time })], quarantine: [] });
          const inserted = ways.inserted;
          await store.commit({ readings: all, quarantine: [] });
          expect(ways.inserted - inserted).toBe(all.length > 0 ? 1 : 0);
          expect(ways.copied - before).toBeLessThanOrEqual(1);
          expect(await raw()).toEqual(copied);
        },
      ),
      { numRuns: 25 },
    );
    await own.close();
  });

  it('does not write in vain again for ten seconds', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    try {
      const { db: own, ways, store } = counted();
      const commit = (...readings: StoredReading[]) => store.commit({ readings, quarantine: [] });
      await commit(reading(1));
      expect(ways).toEqual({ copied: 1, inserted: 0 });
      expect((await commit(reading(2, { time: reading(1).time }), reading(3))).storedSeqs).toEqual(new Set([3]));
      expect(ways).toEqual({ copied: 2, inserted: 1 });
      vi.advanceTimersByTime(9_999);
      await commit(reading(4));
      expect(ways).toEqual({ copied: 2, inserted: 2 });
      // Another one meanwhile: ten seconds from it.
      await commit(reading(5, { time: reading(1).time }));
      vi.advanceTimersByTime(9_999);
      await commit(reading(6));
      expect(ways).toEqual({ copied: 2, inserted: 4 });
      vi.advanceTimersByTime(1);
      await commit(reading(7));
      expect(ways).toEqual({ copied: 3, inserted: 4 });
      expect((await home.rows()).map(({ seq }) => seq)).toEqual([1, 3, 4, 6, 7]);
      await own.close();
    } finally {
      vi.useRealTimers();
    }
  });
});
