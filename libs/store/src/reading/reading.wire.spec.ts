import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { qualityFlags, type StoredReading } from '#libs/contracts';
import { testDatabase, type TestDatabase } from '#libs/testing';
import { Database } from '../sql/database.js';
import { DataRefused, StoreAway } from '../sql/errors.js';
import { migrate } from '../sql/migrate.js';
import { hasTimescale } from '../sql/partitions.js';
import { pgReadings } from './reading.js';

const noon = Date.parse('2026-11-20T12:00:00.123Z');
const reading = (seq: number, change: Partial<StoredReading> = {}): StoredReading => ({
  deviceId: 'D1',
  hazardPoint: '5001120001',
  channel: 'L1_LF_1',
  time: noon + seq * 1000,
  value: seq / 3,
  quality: [],
  receivedAt: noon + seq * 1000 + 250,
  seq,
  ...change,
});
const range = (from: number, count: number): StoredReading[] => Array.from({ length: count }, (_, i) => reading(from + i));

interface Row {
  device_id: string;
  channel: string;
  unified_code: string;
  time: number;
  seq: number;
  value: number;
  quality: number;
  received_at: number;
}

describe('committing readings', () => {
  let home: TestDatabase;
  let db: Database;
  const rows = (): Promise<Row[]> =>
    db.query<Row>(
      `select s.device_id, s.channel, p.unified_code, r.time, r.seq, r.value, r.quality, r.received_at
       from ingest.reading r join ingest.series s on s.key = r.series join ingest.point p on p.key = r.point order by r.seq`,
    );
  const quarantine = (): Promise<{ device_id: string; reason: string; detail: string; payload: Buffer }[]> =>
    db.query('select device_id, reason, detail, payload from ingest.quarantine order by id');

  beforeAll(async () => {
    home = await testDatabase('committing readings');
    db = new Database({ url: home.url });
    await migrate(db);
  });
  afterAll(async () => {
    await db.close();
    await home.drop();
  });
  beforeEach(() =>
    db.run(
      'truncate ingest.reading_row, ingest.store_time, ingest.quarantine, ingest.point_series, ingest.series, ingest.point, evaluate.mark cascade',
    ),
  );

  it('keeps every field as it came, and answers the seqs', async () => {
    const all = [
      reading(1, { value: 0.1 + 0.2, quality: ['late', 'synthetic'] }),
      reading(2, { value: 5e-324, channel: 'L1_GP_1.gpsTotalX' }),
      reading(3, { value: -1.7976931348623157e308, deviceId: 'D2', hazardPoint: '5001120002' }),
    ];
    expect(await pgReadings(db).commit({ readings: all, quarantine: [] })).toEqual({ storedSeqs: new Set([1, 2, 3]), refused: [] });
    expect(await rows()).toEqual(
      all.map(({ deviceId, channel, hazardPoint, time, seq, value, receivedAt }, i) => ({
        device_id: deviceId,
        channel,
        unified_code: hazardPoint,
        time,
        seq,
        value,
        quality: [32 + 1024, 0, 0][i],
        received_at: receivedAt,
      })),
    );
  });

  it('stores any double and any device time exactly', async () => {
    const store = pgReadings(db);
    let seq = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.double({ noNaN: true }),
        fc.integer({ min: Date.parse('1970-01-01'), max: Date.parse('2199-12-31') }),
        fc.subarray([...qualityFlags]),
        async (value, time, quality) => {
          const one = reading((seq += 1), { value, time, quality, deviceId: `P${seq}` });
          await store.commit({ readings: [one], quarantine: [] });
          const [row] = await db.query<Row>('select time, value from ingest.reading where seq = $1', [seq]);
          // Zero has one sign in JSON, and here.
          expect(row).toEqual({ time, value: value + 0 });
        },
      ),
      { numRuns: 60 },
    );
  });

  it('stores (device, channel, time) once: within a batch, over batches, and for another instance', async () => {
    const twice = [reading(1), reading(2, { time: reading(1).time, value: 99 }), reading(3)];
    const store = pgReadings(db);
    expect((await store.commit({ readings: twice, quarantine: [] })).storedSeqs).toEqual(new Set([1, 3]));
    const resent = [reading(4, { time: reading(1).time }), reading(5), reading(6, { time: reading(3).time })];
    expect((await store.commit({ readings: resent, quarantine: [] })).storedSeqs).toEqual(new Set([5]));
    expect((await pgReadings(db).commit({ readings: [reading(7, { time: reading(1).time })], quarantine: [] })).storedSeqs).toEqual(
      new Set(),
    );
    expect((await rows()).map(({ seq, value }) => [seq, value])).toEqual([
      [1, 1 / 3],
      [3, 1],
      [5, 5 / 3],
    ]);
  });

  it('puts another value for a stored time aside with both values, once, and keeps the first', async () => {
    const told: number[] = [];
    const store = pgReadings(db, { conflicted: (count) => told.push(count) });
    const time = reading(1).time;
    const batch = [reading(1, { value: 1.5 }), reading(2, { time, value: 2.5 }), reading(3, { time, value: 1.5 }), reading(4)];
    expect((await store.commit({ readings: batch, quarantine: [] })).storedSeqs).toEqual(new Set([1, 4]));
    const later = [reading(5, { time, value: 2.5 }), reading(6, { time, value: -0.25 }), reading(7, { time, value: 1.5 })];
    expect((await store.commit({ readings: later, quarantine: [] })).storedSeqs).toEqual(new Set());
    const put = (await quarantine()).map(({ reason, payload }) => [
      reason,
      JSON.parse(payload.toString()) as { stored: number; value: number },
    ]);
    expect(put).toHaveLength(2);
    for (const value of [2.5, -0.25])
      expect(put).toContainEqual(['conflict', expect.objectContaining({ deviceId: 'D1', channel: 'L1_LF_1', stored: 1.5, value, time })]);
    expect((await rows()).map(({ seq, value }) => [seq, value])).toEqual([
      [1, 1.5],
      [4, 4 / 3],
    ]);
    expect(told).toEqual([1, 2]);
  });

  it('takes a resend as a duplicate and no conflict, whatever the double', async () => {
    const store = pgReadings(db);
    const values = [0, -0, 1e308, -5e-324, 0.1, 1 / 3, 2 ** 53 + 2, 123_456_789.123_456_78];
    const first = values.map((value, i) => reading(i + 1, { value }));
    await store.commit({ readings: first, quarantine: [] });
    await store.commit({ readings: first.map((each) => ({ ...each, seq: each.seq + 100 })), quarantine: [] });
    expect(await quarantine()).toEqual([]);
  });

  it('keeps the receive time also years away from the device time, and the point of a device that has moved', async () => {
    const all = [
      reading(1, { receivedAt: noon + 2 ** 31 + 999 }),
      reading(2, { receivedAt: noon + 2 ** 31 + 2000 }),
      reading(3, { receivedAt: Date.parse('2031-01-01T00:00:00.001Z') }),
      reading(4, { receivedAt: noon - 2 ** 32, hazardPoint: '5001120002' }),
      reading(5),
    ];
    await pgReadings(db).commit({ readings: all.slice(0, 2), quarantine: [] });
    await pgReadings(db).commit({ readings: all.slice(2), quarantine: [] });
    expect((await rows()).map((row) => [row.received_at, row.unified_code])).toEqual(
      all.map((each) => [each.receivedAt, each.hazardPoint]),
    );
    const thin = await db.query<{ point: number | null; quality: number | null; exact: number | null }>(
      'select point, quality, received_at as exact from ingest.reading_row order by seq',
    );
    expect(thin.map(({ point, quality, exact }) => [point === null, quality === null, exact === null])).toEqual([
      [true, true, true],
      [true, true, false],
      [true, true, false],
      [false, true, false],
      [true, true, true],
    ]);
  });

  it('keeps when batches were stored', async () => {
    const store = pgReadings(db);
    await store.commit({ readings: [reading(3), reading(4)], quarantine: [] });
    await store.commit({ readings: [reading(5)], quarantine: [] });
    // One row a while: the second commit waits for the next.
    expect(await db.query('select first_seq, last_seq, stored_at <= now() as past from ingest.store_time')).toEqual([
      { first_seq: 3, last_seq: 4, past: true },
    ]);
  });

  it('takes old recordings and far future into the DEFAULT partition and the present into its week', async () => {
    await db.query(`select ingest.ensure_partitions('2026-11-10', '2026-12-01')`);
    const times = ['1975-01-01', '2012-05-15', '2026-11-20', '2090-01-01'].map((day) => Date.parse(day));
    const all = times.map((time, i) => reading(i + 1, { time }));
    expect((await pgReadings(db).commit({ readings: all, quarantine: [] })).storedSeqs.size).toBe(4);
    const where = await db.query<{ part: string }>('select tableoid::regclass::text as part from ingest.reading_row order by seq');
    const parts = where.map(({ part }) => part);
    // A hypertable makes a chunk wherever a reading falls; it needs no DEFAULT.
    if (await hasTimescale(db)) expect(new Set(parts.filter((part) => part.includes('_chunk'))).size).toBe(4);
    else
      expect(parts).toEqual([
        'ingest.reading_row_default',
        'ingest.reading_row_default',
        'ingest.reading_row_2026w47',
        'ingest.reading_row_default',
      ]);
  });

  describe.each([
    ['U+0000 in the channel', { channel: 'L1\u0000' }, '22021'],
    ['U+0000 in the device', { deviceId: 'D\u0000' }, '22021'],
    ['U+0000 in the hazard point', { hazardPoint: '500112\u0000' }, '22021'],
    ['half a surrogate pair in the channel', { channel: 'L1\ud800' }, '22021'],
    ['a time that is no number', { time: Number.NaN }, '22P02'],
    ['a time with a fraction', { time: 1.5 }, '22P02'],
    ['a time beyond the calendar', { time: 9e15 }, '23514'],
    ['a time beyond PostgreSQL’s', { time: 1e19 }, '22003'],
    [
      'a channel too long for an index',
      { channel: Array.from({ length: 9000 }, (_, i) => String.fromCodePoint(0x4e00 + ((i * 7919) % 20000))).join('') },
      '54000',
    ],
  ])('with %s', (_, poison, sqlState) => {
    it.each([0, 500, 1000])('among 1,000 good readings at place %i quarantines it alone', async (place) => {
      const bad = reading(5000, poison);
      const batch = range(1, 1000);
      batch.splice(place, 0, bad);
      const told: [number, string][] = [];
      const store = pgReadings(db, { refused: ({ seq }, error) => told.push([seq, error.sqlState]) });
      const { storedSeqs, refused } = await store.commit({ readings: batch, quarantine: [] });
      expect(storedSeqs.size).toBe(1000);
      expect(refused).toEqual([bad]);
      expect(told).toEqual([[5000, sqlState]]);
      const aside = await quarantine();
      expect(aside).toHaveLength(1);
      expect(aside[0]).toMatchObject({ reason: 'store-refused', detail: expect.stringContaining(sqlState) as string });
      // Resent, it is the same entry.
      await store.commit({ readings: [{ ...bad, seq: 6000 }], quarantine: [] });
      expect(await quarantine()).toHaveLength(1);
    });
  });

  it('finds several bad readings in one batch', async () => {
    const batch = range(1, 200).map((each) => (each.seq % 50 === 0 ? { ...each, channel: 'X\u0000' } : each));
    const { storedSeqs, refused } = await pgReadings(db).commit({ readings: batch, quarantine: [] });
    expect(refused.map(({ seq }) => seq)).toEqual([50, 100, 150, 200]);
    expect(storedSeqs.size).toBe(196);
    expect(await quarantine()).toHaveLength(4);
  });

  it('writes quarantine with the readings, bytes and all, also what PostgreSQL’s text can’t hold', async () => {
    const payload = Uint8Array.from({ length: 256 }, (_, i) => i);
    const aside = {
      id: 'q1',
      deviceId: 'D\u00001',
      topic: '$dp',
      reason: 'unreadable-frame' as const,
      detail: 'byte \u0000 at 3',
      payload: payload.subarray(3),
      receivedAt: noon,
    };
    const store = pgReadings(db);
    await store.commit({ readings: [reading(1)], quarantine: [aside] });
    await store.commit({ readings: [], quarantine: [aside] });
    const found = await quarantine();
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ device_id: 'D␀1', detail: 'byte ␀ at 3', reason: 'unreadable-frame' });
    expect([...(found[0]?.payload ?? [])]).toEqual([...payload.subarray(3)]);
    expect(await rows()).toHaveLength(1);
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
        db.query(
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
            await db.run('truncate ingest.reading_row');
            const all = made.map(({ delay, device, ...rest }, i) =>
              reading(i + 3, { ...rest, deviceId: device, receivedAt: rest.time + delay }),
            );
            const before = ways.copied;
            const fresh = counted();
            await fresh.store.commit({ readings: all, quarantine: [] });
            expect(fresh.ways).toEqual({ copied: all.length > 0 ? 1 : 0, inserted: 0 });
            await fresh.db.close();
            const copied = await raw();
            await db.run('truncate ingest.reading_row');
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
        expect((await rows()).map(({ seq }) => seq)).toEqual([1, 3, 4, 6, 7]);
        await own.close();
      } finally {
        vi.useRealTimers();
      }
    });
  });

  it('knows the last seq from readings of every point and from the marks', async () => {
    const store = pgReadings(db);
    expect(await store.lastSeq()).toBe(0);
    await store.commit({ readings: [reading(7), reading(9, { hazardPoint: '5001120002', deviceId: 'D9' }), reading(8)], quarantine: [] });
    expect(await store.lastSeq()).toBe(9);
    await db.run(`insert into evaluate.mark (hazard_point, judged_to, state) values ('5001120001', 40, 'null')`);
    expect(await store.lastSeq()).toBe(40);
  });

  it('tells a store that is away from data it refuses', async () => {
    const nowhere = new Database({ url: 'postgres://nobody@127.0.0.1:9/nothing' });
    const failure = await pgReadings(nowhere)
      .commit({ readings: [reading(1)], quarantine: [] })
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(StoreAway);
    expect((failure as StoreAway).outcomeUnknown).toBe(false);
    await nowhere.close();
    const refused = await db.query(`select 'x'::int`).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(DataRefused);
    const ours = await db.query('select * from no_such_table').catch((error: unknown) => error);
    expect(ours).not.toBeInstanceOf(StoreAway);
    expect(ours).not.toBeInstanceOf(DataRefused);
  });

  it('tells as new what it is given again under the same numbers', async () => {
    const store = pgReadings(db);
    await store.commit({ readings: [reading(1), reading(2)], quarantine: [] });
    const again = [reading(1), reading(2), reading(3), reading(4, { time: reading(2).time })];
    expect((await store.commit({ readings: again, quarantine: [] })).storedSeqs).toEqual(new Set([1, 2, 3]));
    expect((await rows()).map(({ seq }) => seq)).toEqual([1, 2, 3]);
  });

  /** A database whose commits happen, while their answers do not arrive. */
  const lossyDatabase = () => {
    const lossy = new Database({ url: home.url });
    const original = lossy.run.bind(lossy);
    const state = { db: lossy, lose: true };
    const copyIn = lossy.copyIn.bind(lossy);
    const lose = (): void => {
      if (state.lose) throw new StoreAway('database is away: read ECONNRESET', true);
    };
    lossy.run = async (sql, params, name) => {
      const answer = await original(sql, params, name);
      if (sql.includes('insert into ingest.reading_row')) lose();
      return answer;
    };
    lossy.copyIn = async (sql, tuples) => {
      await copyIn(sql, tuples);
      lose();
    };
    return state;
  };

  it('tells a resend as new only while nobody has been told: not when the commit was done again under its own numbers', async () => {
    const lossy = lossyDatabase();
    const store = pgReadings(lossy.db);
    const first = { readings: [reading(1), reading(2)], quarantine: [] };
    await expect(store.commit(first)).rejects.toThrow(StoreAway);
    lossy.lose = false;
    expect((await store.commit(first)).storedSeqs).toEqual(new Set([1, 2]));
    const resent = first.readings.map((each) => ({ ...each, seq: each.seq + 10 }));
    expect((await store.commit({ readings: resent, quarantine: [] })).storedSeqs).toEqual(new Set());
    expect(await quarantine()).toEqual([]);
    await lossy.db.close();
  });

  it('tells as new, once, what was stored by a commit whose answer was lost', async () => {
    const lossy = lossyDatabase();
    const store = pgReadings(lossy.db);
    await expect(store.commit({ readings: [reading(1), reading(2)], quarantine: [] })).rejects.toThrow(StoreAway);
    lossy.lose = false;
    const resend = (seq: number) => store.commit({ readings: [reading(seq, { time: reading(1).time }), reading(seq + 1)], quarantine: [] });
    expect((await resend(10)).storedSeqs).toEqual(new Set([10, 11]));
    expect((await resend(20)).storedSeqs).toEqual(new Set([21]));
    expect((await rows()).map(({ seq }) => seq)).toEqual([1, 2, 11, 21]);
    await lossy.db.close();
  });
});
