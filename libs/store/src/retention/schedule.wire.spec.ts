import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DAY, HOUR, Retention } from '#libs/contracts';
import { createLogger } from '#libs/platform';
import { PATIENCE_MS, until } from '#libs/testing';
import { auditWriter } from '../ledger/audit.js';
import { Database } from '../sql/database.js';
import { recordsDatabase, type RecordsDatabase } from '../fakes/records.js';
import { StoreAway } from '../sql/errors.js';
import { startRetention, type RetentionSchedule } from './schedule.js';

describe('retention day by day', () => {
  let home: RecordsDatabase;
  let now = Date.parse('2026-11-21T15:00:00Z');
  let lines: string[];
  let looks = 0;
  const schedule = (over: Partial<RetentionSchedule> = {}): RetentionSchedule => ({
    async withDatabase(work) {
      const db = new Database({ url: home.url, max: 1 });
      try {
        await work(db);
      } finally {
        await db.close();
      }
      looks += 1;
    },
    kept: () => Promise.resolve(Retention.parse({})),
    audit: auditWriter(home.db),
    clock: { now: () => now },
    logger: createLogger('info', { write: (line: string) => void lines.push(line) }),
    ...over,
  });
  const runs = async (): Promise<number> =>
    (await home.db.query<{ n: number }>(`select count(*) as n from command.audit where payload like '%retention.run%'`))[0]?.n ?? NaN;
  /** Two looks: the second one began after whatever was changed before. */
  const looked = async (): Promise<void> => {
    const before = looks;
    await until('two more looks', PATIENCE_MS, () => looks >= before + 2);
  };
  beforeAll(async () => {
    home = await recordsDatabase('retention day by day');
  });
  afterAll(() => home.close());
  beforeEach(() => {
    lines = [];
  });

  it('is carried out once a day, also over restarts', async () => {
    let running = startRetention(schedule(), 5, 5);
    await looked();
    expect(await runs()).toBe(1);
    await running.stop();
    now += 23 * HOUR;
    running = startRetention(schedule(), 5, 5);
    await looked();
    expect(await runs()).toBe(1);
    now += HOUR;
    await looked();
    expect(await runs()).toBe(2);
    await running.stop();
    expect(lines.join()).toContain('old data were dropped');
  });

  it('comes to it soon after a start, however often it is started', async () => {
    now += DAY;
    const before = await runs();
    const running = startRetention(schedule(), HOUR, 5);
    await until('the first run', PATIENCE_MS, async () => (await runs()) === before + 1);
    await running.stop();
  });

  it('says loudly when the clock has leapt, and is carried out again when it is right', async () => {
    now += 300 * DAY;
    const running = startRetention(schedule(), 5, 5);
    await looked();
    expect(lines.join()).toContain('"clockAhead":true');
    const before = await runs();
    now -= 299 * DAY;
    await looked();
    expect(await runs()).toBe(before + 1);
    await running.stop();
  });

  it('a failure is said and tried again', async () => {
    let fails = 1;
    now += 2 * DAY;
    const kept = (): Promise<Retention> =>
      fails-- > 0 ? Promise.reject(new StoreAway('gone for a while', false)) : Promise.resolve(Retention.parse({}));
    const before = await runs();
    const running = startRetention(schedule({ kept }), 5, 5);
    await until('one more run', PATIENCE_MS, async () => (await runs()) === before + 1);
    await running.stop();
    expect(lines.join()).toContain('gone for a while');
  });
});
