import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { reading, readingsDatabase, type ReadingsDatabase } from '../fakes/readings.js';
import { Database } from '../sql/database.js';
import { StoreAway } from '../sql/errors.js';
import { pgReadings } from './reading.js';

let home: ReadingsDatabase;
beforeAll(async () => {
  home = await readingsDatabase('readings whose answer was lost');
});
afterAll(() => home?.close());
beforeEach(() => home.empty());

it('tells as new what it is given again under the same numbers', async () => {
  const store = pgReadings(home.db);
  await store.commit({ readings: [reading(1), reading(2)], quarantine: [] });
  const again = [reading(1), reading(2), reading(3), reading(4, { time: reading(2).time })];
  expect((await store.commit({ readings: again, quarantine: [] })).storedSeqs).toEqual(new Set([1, 2, 3]));
  expect((await home.rows()).map(({ seq }) => seq)).toEqual([1, 2, 3]);
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
  expect(await home.quarantine()).toEqual([]);
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
  expect((await home.rows()).map(({ seq }) => seq)).toEqual([1, 2, 11, 21]);
  await lossy.db.close();
});
