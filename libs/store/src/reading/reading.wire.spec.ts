import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { qualityFlags } from '#libs/contracts';
import { noon, reading, readingsDatabase, type ReadingsDatabase } from '../fakes/readings.js';
import { hasTimescale } from '../sql/partitions.js';
import type { ReadingRow } from './reading-row.js';
import { pgReadings } from './reading.js';

let home: ReadingsDatabase;
beforeAll(async () => {
  home = await readingsDatabase('readings as they are kept');
});
afterAll(() => home?.close());
beforeEach(() => home.empty());

it('keeps every field as it came, and answers the seqs', async () => {
  const all = [
    reading(1, { value: 0.1 + 0.2, quality: ['late', 'synthetic'] }),
    reading(2, { value: 5e-324, channel: 'L1_GP_1.gpsTotalX' }),
    reading(3, { value: -1.7976931348623157e308, deviceId: 'D2', hazardPoint: '5001120002' }),
  ];
  expect(await pgReadings(home.db).commit({ readings: all, quarantine: [] })).toEqual({ storedSeqs: new Set([1, 2, 3]), refused: [] });
  expect(await home.rows()).toEqual(
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
  const store = pgReadings(home.db);
  let seq = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.double({ noNaN: true }),
      fc.integer({ min: Date.parse('1970-01-01'), max: Date.parse('2199-12-31') }),
      fc.subarray([...qualityFlags]),
      async (value, time, quality) => {
        const one = reading((seq += 1), { value, time, quality, deviceId: `P${seq}` });
        await store.commit({ readings: [one], quarantine: [] });
        const [row] = await home.db.query<ReadingRow>('select time, value from ingest.reading where seq = $1', [seq]);
        // Zero has one sign in JSON, and here.
        expect(row).toEqual({ time, value: value + 0 });
      },
    ),
    { numRuns: 60 },
  );
});

it('keeps the receive time also years away from the device time, and the point of a device that has moved', async () => {
  const all = [
    reading(1, { receivedAt: noon + 2 ** 31 + 999 }),
    reading(2, { receivedAt: noon + 2 ** 31 + 2000 }),
    reading(3, { receivedAt: Date.parse('2031-01-01T00:00:00.001Z') }),
    reading(4, { receivedAt: noon - 2 ** 32, hazardPoint: '5001120002' }),
    reading(5),
  ];
  await pgReadings(home.db).commit({ readings: all.slice(0, 2), quarantine: [] });
  await pgReadings(home.db).commit({ readings: all.slice(2), quarantine: [] });
  expect((await home.rows()).map((row) => [row.received_at, row.unified_code])).toEqual(
    all.map((each) => [each.receivedAt, each.hazardPoint]),
  );
  const thin = await home.db.query<{ point: number | null; quality: number | null; exact: number | null }>(
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
  const store = pgReadings(home.db);
  await store.commit({ readings: [reading(3), reading(4)], quarantine: [] });
  await store.commit({ readings: [reading(5)], quarantine: [] });
  // One row a while: the second commit waits for the next.
  expect(await home.db.query('select first_seq, last_seq, stored_at <= now() as past from ingest.store_time')).toEqual([
    { first_seq: 3, last_seq: 4, past: true },
  ]);
});

it('takes old recordings and far future into the DEFAULT partition and the present into its week', async () => {
  await home.db.query(`select ingest.ensure_partitions('2026-11-10', '2026-12-01')`);
  const times = ['1975-01-01', '2012-05-15', '2026-11-20', '2090-01-01'].map((day) => Date.parse(day));
  const all = times.map((time, i) => reading(i + 1, { time }));
  expect((await pgReadings(home.db).commit({ readings: all, quarantine: [] })).storedSeqs.size).toBe(4);
  const where = await home.db.query<{ part: string }>('select tableoid::regclass::text as part from ingest.reading_row order by seq');
  const parts = where.map(({ part }) => part);
  // A hypertable makes a chunk wherever a reading falls; it needs no DEFAULT.
  if (await hasTimescale(home.db)) expect(new Set(parts.filter((part) => part.includes('_chunk'))).size).toBe(4);
  else
    expect(parts).toEqual([
      'ingest.reading_row_default',
      'ingest.reading_row_default',
      'ingest.reading_row_2026w47',
      'ingest.reading_row_default',
    ]);
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
  const store = pgReadings(home.db);
  await store.commit({ readings: [reading(1)], quarantine: [aside] });
  await store.commit({ readings: [], quarantine: [aside] });
  const found = await home.quarantine();
  expect(found).toHaveLength(1);
  expect(found[0]).toMatchObject({ device_id: 'D␀1', detail: 'byte ␀ at 3', reason: 'unreadable-frame' });
  expect([...(found[0]?.payload ?? [])]).toEqual([...payload.subarray(3)]);
  expect(await home.rows()).toHaveLength(1);
});

it('knows the last seq from readings of every point and from the marks', async () => {
  const store = pgReadings(home.db);
  expect(await store.lastSeq()).toBe(0);
  await store.commit({ readings: [reading(7), reading(9, { hazardPoint: '5001120002', deviceId: 'D9' }), reading(8)], quarantine: [] });
  expect(await store.lastSeq()).toBe(9);
  await home.db.run(`insert into evaluate.mark (hazard_point, judged_to, state) values ('5001120001', 40, 'null')`);
  expect(await store.lastSeq()).toBe(40);
});
