import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { JudgementMark, StoredReading } from '#libs/contracts';
import { testDatabase, type TestDatabase } from '#libs/testing';
import { takeBacklog } from '../reading/backlog.js';
import { Database } from '../sql/database.js';
import { pgJudgements } from './judgement.js';
import { migrate } from '../sql/migrate.js';
import { pgReadings } from '../reading/reading.js';
import { CommitTracker } from '../rollup/commit-tracker.js';
import { rollUp } from '../rollup/rollup.js';

const noon = Date.parse('2026-11-20T12:00:00Z');
/** As JSON: the text is what is kept (-0 is 0 there). */
const texts = (all: Iterable<JudgementMark>): string[] =>
  [...all].map((one) => JSON.stringify(mark(one.hazardPoint, one.judgedTo, one.state))).toSorted();
const mark = (hazardPoint: string, judgedTo: number, state: unknown = null): JudgementMark => ({ hazardPoint, judgedTo, state });

describe('marks and the readings to judge', () => {
  let home: TestDatabase;
  let db: Database;
  beforeAll(async () => {
    home = await testDatabase('marks and the readings to judge');
    db = new Database({ url: home.url });
    await migrate(db);
  });
  afterAll(async () => {
    await db.close();
    await home.drop();
  });
  beforeEach(() => db.run('truncate evaluate.mark'));

  it('a mark never goes back, in whatever order marks arrive', async () => {
    const points = ['500112A', '500112B'];
    const anyMark = fc.record({ hazardPoint: fc.constantFrom(...points), judgedTo: fc.nat(20), state: fc.jsonValue() });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(anyMark, { maxLength: 4 }), { maxLength: 5 }), async (batches) => {
        await db.run('truncate evaluate.mark');
        const store = pgJudgements(db);
        for (const batch of batches) await store.saveMarks(batch);
        const expected = new Map<string, JudgementMark>();
        for (const each of batches.flat())
          if (each.judgedTo >= (expected.get(each.hazardPoint)?.judgedTo ?? -1)) expected.set(each.hazardPoint, each);
        const found = await store.marks();
        expect(texts(found)).toEqual(texts(expected.values()));
      }),
      { numRuns: 40 },
    );
  });

  it('gives the history of a point of many series whole and in the order of the seqs', async () => {
    // More series than one statement reads, and their samples in turns.
    const all = Array.from({ length: 90 }, (_, n): StoredReading => ({
      deviceId: `M${n % 45}`,
      hazardPoint: '500112M',
      channel: 'L1_LF_1',
      time: noon + n * 1000,
      value: n,
      quality: [],
      receivedAt: noon + n * 1000,
      seq: 1001 + n,
    }));
    await pgReadings(db).commit({ readings: all, quarantine: [] });
    expect(await pgJudgements(db).history('500112M', 0, 2000)).toEqual(all);
    expect(await pgJudgements(db).history('500112M', noon + 50_000, 1080)).toEqual(all.slice(50, 80));
  });

  it('gives the state back with its keys in their order', async () => {
    const state = { z: 1, a: [0.1, 1e-7, 1e21], '10': null, 文: '\u0001' };
    await pgJudgements(db).saveMarks([mark('500112A', 3, state)]);
    const [found] = await pgJudgements(db).marks();
    expect(JSON.stringify(found?.state)).toBe(JSON.stringify(state));
  });

  it('takes no mark at all', async () => {
    await pgJudgements(db).saveMarks([]);
    expect(await pgJudgements(db).marks()).toEqual([]);
  });

  it('gives the readings of one point: its history up to a seq from a time on, and what comes after', async () => {
    const reading = (seq: number, change: Partial<StoredReading> = {}): StoredReading => ({
      deviceId: 'D1',
      hazardPoint: '500112A',
      channel: 'L1_LF_1',
      time: noon + seq * 60_000,
      value: seq,
      quality: seq % 2 ? ['late'] : [],
      receivedAt: noon,
      seq,
      ...change,
    });
    const all = [
      reading(1),
      reading(2, { channel: 'L3_YL_1' }),
      reading(3, { hazardPoint: '500112B', deviceId: 'D2' }),
      reading(4, { time: noon - 86_400_000 }),
      reading(5),
      // The device has moved: what it measured here before stays here.
      reading(6, { hazardPoint: '500112B' }),
      reading(7, { deviceId: 'D3' }),
    ];
    await pgReadings(db).commit({ readings: all, quarantine: [] });
    const store = pgJudgements(db);
    const of = (...seqs: number[]): StoredReading[] => seqs.map((seq) => all[seq - 1] as StoredReading);
    expect(await store.history('500112A', 0, 7)).toEqual(of(1, 2, 4, 5, 7));
    expect(await store.history('500112A', noon, 5)).toEqual(of(1, 2, 5));
    expect(await store.history('500112A', noon + 300_000, 7)).toEqual(of(5, 7));
    expect(await store.history('500112B', 0, 7)).toEqual(of(3, 6));
    expect(await store.after('500112A', 1, 10)).toEqual(of(2, 4, 5, 7));
    expect(await store.after('500112A', 1, 2)).toEqual(of(2, 4));
    expect(await store.after('500112A', 7, 10)).toEqual([]);
    expect(await store.history('unknown', 0, 7)).toEqual([]);

    // The same from the days of the rollups, from readings newer than them, and from both.
    for (const upTo of [3, 5, 7]) {
      await db.run('truncate ingest.rollup_1m, ingest.rollup_1h, ingest.rollup_1d');
      await db.run('update ingest.rollup_mark set rolled_to = 0');
      const tracker = new CommitTracker();
      tracker.begin(upTo, 0);
      await rollUp(db, tracker);
      expect(await db.query('select rolled_to from ingest.rollup_mark')).toEqual([{ rolled_to: upTo }]);
      for (const after of [0, 1, 3, 4, 6, 7])
        expect(await store.after('500112A', after, 10)).toEqual(of(...[1, 2, 4, 5, 7].filter((seq) => seq > after)));
      expect(await store.after('500112B', 0, 10)).toEqual(of(3, 6));

      // Of both points at once, from the end of the rollups, from the days before it, and from both; in portions of two.
      for (const [a, b] of [
        [0, 0],
        [1, 6],
        [4, 0],
        [7, 3],
      ] as const)
        for (const tail of [0, 2, 100]) {
          const found: StoredReading[] = [];
          const from = [
            { hazardPoint: '500112A', after: a },
            { hazardPoint: '500112B', after: b },
            { hazardPoint: 'unknown', after: 0 },
          ];
          await takeBacklog(db, from, async (portion) => void found.push(...portion), { portion: 2, tail });
          expect(found).toEqual(all.filter(({ hazardPoint, seq }) => seq > (hazardPoint === '500112A' ? a : b)));
        }
    }
    await store.backlog([], () => Promise.reject(new Error('nothing was asked for')));
  });
});
