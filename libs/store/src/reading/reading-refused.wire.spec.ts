import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { reading, readingsDatabase, type ReadingsDatabase } from '../fakes/readings.js';
import { Database } from '../sql/database.js';
import { DataRefused, StoreAway } from '../sql/errors.js';
import { pgReadings } from './reading.js';

let home: ReadingsDatabase;
beforeAll(async () => {
  home = await readingsDatabase('readings refused');
});
afterAll(() => home?.close());
beforeEach(() => home.empty());

const range = (from: number, count: number) => Array.from({ length: count }, (_, i) => reading(from + i));

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
    const store = pgReadings(home.db, { refused: ({ seq }, error) => told.push([seq, error.sqlState]) });
    const { storedSeqs, refused } = await store.commit({ readings: batch, quarantine: [] });
    expect(storedSeqs.size).toBe(1000);
    expect(refused).toEqual([bad]);
    expect(told).toEqual([[5000, sqlState]]);
    const aside = await home.quarantine();
    expect(aside).toHaveLength(1);
    expect(aside[0]).toMatchObject({ reason: 'store-refused', detail: expect.stringContaining(sqlState) as string });
    // Resent, it is the same entry.
    await store.commit({ readings: [{ ...bad, seq: 6000 }], quarantine: [] });
    expect(await home.quarantine()).toHaveLength(1);
  });
});

it('finds several bad readings in one batch', async () => {
  const batch = range(1, 200).map((each) => (each.seq % 50 === 0 ? { ...each, channel: 'X\u0000' } : each));
  const { storedSeqs, refused } = await pgReadings(home.db).commit({ readings: batch, quarantine: [] });
  expect(refused.map(({ seq }) => seq)).toEqual([50, 100, 150, 200]);
  expect(storedSeqs.size).toBe(196);
  expect(await home.quarantine()).toHaveLength(4);
});

it('tells a store that is away from data it refuses', async () => {
  const nowhere = new Database({ url: 'postgres://nobody@127.0.0.1:9/nothing' });
  const failure = await pgReadings(nowhere)
    .commit({ readings: [reading(1)], quarantine: [] })
    .catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(StoreAway);
  expect((failure as StoreAway).outcomeUnknown).toBe(false);
  await nowhere.close();
  const refused = await home.db.query(`select 'x'::int`).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(DataRefused);
  const ours = await home.db.query('select * from no_such_table').catch((error: unknown) => error);
  expect(ours).not.toBeInstanceOf(StoreAway);
  expect(ours).not.toBeInstanceOf(DataRefused);
});
