import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE, Retention, type StoredReading } from '#libs/contracts';
import { auditWriter, pgAudit } from '../ledger/audit.js';
import { Database } from '../sql/database.js';
import { aPoint, aWarning, dataKey, recordsDatabase, silent, type RecordsDatabase } from '../fakes/records.js';
import { pgHistory } from '../history/history.js';
import { marksStatement } from '../judgement/judgement.js';
import { runAll } from '../sql/statement.js';
import { pgLedger } from '../ledger/ledger.js';
import { ensurePartitions, hasTimescale } from '../sql/partitions.js';
import { pgReadings } from '../reading/reading.js';
import { pgRegistry } from '../registry/registry.js';
import { CommitTracker } from '../rollup/commit-tracker.js';
import { beginRollup, rollUp } from '../rollup/rollup.js';
import { retentionState } from './floors.js';
import { runRetention, type RetentionReport } from './run.js';

const point = aPoint().unifiedCode;
const now = Date.parse('2026-11-21T15:00:00Z');
/** Twelve weeks, a reading every six hours: 336 readings. */
const begin = Date.parse('2026-08-31T00:00:00Z');
const readingAt = (time: number, seq: number, value: number): StoredReading => ({
  deviceId: 'D1',
  hazardPoint: point,
  channel: 'x',
  time,
  value,
  quality: [],
  receivedAt: time,
  seq,
});
const season = Array.from({ length: 336 }, (_, i) => readingAt(begin + i * 6 * HOUR + MINUTE, i + 1, i));
const kept = (over: Partial<Retention> = {}): Retention => Retention.parse({ readings: 30, minutes: 30, ...over });

describe('retention of readings and rollups', () => {
  let home: RecordsDatabase;
  let db: Database;
  let tracker: CommitTracker;
  const commit = (readings: StoredReading[]) => pgReadings(db, {}, tracker).commit({ readings, quarantine: [] });
  const judge = (judgedTo: number): Promise<void> => runAll(db, [marksStatement([{ hazardPoint: point, judgedTo, state: null }])]);
  const run = (retention = kept(), at = now): Promise<RetentionReport> =>
    runRetention(db, { kept: retention, now: at, audit: auditWriter(db), options: { attempts: 2, betweenMs: 10 } });
  const oldest = async (table = 'reading_row', column = 'time'): Promise<number> =>
    (await db.query<{ at: number }>(`select min(${column}) as at from ingest.${table}`))[0]?.at ?? NaN;
  const bucketsOf = (table: string): Promise<object[]> =>
    db.query(
      `select bucket, min, max, sum, first, last, first_after, last_after, count, samples from ingest.rollup_${table} order by bucket`,
    );

  beforeAll(async () => {
    home = await recordsDatabase('retention of history');
    db = home.db;
    await pgRegistry(db).insertPoint(aPoint());
    for (let week = begin; week < now; week += 30 * DAY) await ensurePartitions(db, week);
  });
  afterAll(() => home.close());
  beforeEach(async () => {
    for (const table of ['reading_row', 'rollup_1m', 'rollup_1h', 'rollup_1d', 'store_time', 'retention_dropped'])
      await db.run(`truncate ingest.${table}`);
    await db.run(
      `update ingest.retention set readings = default, minutes = default, hours = default, days = default, as_of = null, ran_at = null`,
    );
    await db.run('truncate evaluate.mark');
    await db.run('update ingest.rollup_mark set rolled_to = 0');
    await db.run(`update command.hazard_point set closed = false`);
    await db.run(`update alert.warning set state = 'closed'`);
    for (let week = begin; week < now; week += 30 * DAY) await ensurePartitions(db, week);
    tracker = new CommitTracker();
    await commit(season);
    await judge(336);
    await db.run('update ingest.store_time set stored_at = $1', [new Date(now - HOUR)]);
    await rollUp(db, tracker);
  });

  it('drops whole parts that are old, keeps their hours and days, and says what it did in the audit log, once', async () => {
    const [hours, days] = [await bucketsOf('1h'), await bucketsOf('1d')];
    const { dropped, held, clockAhead } = await run();
    expect([held, clockAhead]).toEqual([[], false]);
    const { readings } = await retentionState(db);
    expect(await oldest()).toBeGreaterThanOrEqual(readings);
    // The part that day 30 lies in stays whole.
    expect(readings).toBeGreaterThan(now - 38 * DAY);
    expect(readings).toBeLessThanOrEqual(now - 30 * DAY);
    expect(dropped.readings?.parts).toBeGreaterThanOrEqual(6);
    expect([await bucketsOf('1h'), await bucketsOf('1d')]).toEqual([hours, days]);
    const log = await pgAudit(db).list(0, 1000);
    expect(log.at(-1)).toMatchObject({
      actor: 'station',
      action: 'retention.run',
      detail: { dropped: { readings: { parts: dropped.readings?.parts } } },
    });
    expect((await pgAudit(db).verify()).ok).toBe(true);
    expect((await run()).dropped).toEqual({});
  });

  it('a chart of what was dropped is drawn from what is kept', async () => {
    await run();
    const day = { deviceId: 'D1', channel: 'x', from: begin + 10 * DAY, to: begin + 11 * DAY, points: 1000, limit: 1000 };
    const { resolution, readings } = await pgHistory(db).readings(day);
    expect(resolution).toBe('1h');
    expect(readings.map(({ time, value }) => [time, value])).toEqual([40, 41, 42, 43].map((i) => [begin + i * 6 * HOUR + MINUTE, i]));
  });

  it('keeps everything when it is kept for ever', async () => {
    await run(kept({ readings: 0 }));
    expect(await oldest()).toBe(season[0]?.time);
    expect((await retentionState(db)).readings).toBe(-Infinity);
  });

  it('keeps what is not rolled up, and everything after it', async () => {
    await commit([readingAt(begin + 10 * DAY + 1, 1000, 5)]);
    await judge(1000);
    const { held } = await run();
    expect(held).toMatchObject([{ why: 'in use' }]);
    expect(await oldest()).toBeLessThanOrEqual(begin + 10 * DAY + 1);
    await rollUp(db, tracker);
    expect((await run()).held).toEqual([]);
    expect(await oldest()).toBeGreaterThan(begin + 20 * DAY);
  });

  it('keeps what a restart has to judge, but not for a point that is closed', async () => {
    await db.run('update evaluate.mark set judged_to = 3');
    expect((await run()).held).toMatchObject([{ why: 'not judged yet', hazardPoint: point }]);
    expect(await oldest()).toBe(season[0]?.time);
    await db.run('update command.hazard_point set closed = true');
    expect((await run()).held).toEqual([]);
    expect(await oldest()).toBeGreaterThan(begin + 20 * DAY);
  });

  it('keeps thirty days before an open warning', async () => {
    const eventOpenedAt = new Date(begin + 35 * DAY).toISOString();
    const ledger = pgLedger(db, { bus: home.bus, dataKey, logger: silent, audit: auditWriter(db) });
    await ledger.write({ warnings: [aWarning({ id: 'long', state: 'confirmed', eventOpenedAt, openedAt: eventOpenedAt })] });
    await run();
    expect(await oldest()).toBeLessThanOrEqual(begin + 5 * DAY + 6 * HOUR);
    expect((await retentionState(db)).readings).toBeLessThanOrEqual(begin + 5 * DAY);
  });

  it('takes data that are older than what was dropped, adds them to the rollups without wiping what those know, and drops them the next day', async () => {
    await run();
    const minute = begin + 10 * DAY + 6 * HOUR;
    const of = async (table: string, bucket: number) =>
      (await db.query(`select min, max, first, last, count, samples from ingest.rollup_${table} where bucket = $1`, [new Date(bucket)]))[0];
    const before = [await of('1h', minute), await of('1d', begin + 10 * DAY - 8 * HOUR)];
    expect(before).toMatchObject([
      { min: 41, max: 41 },
      { min: 39, max: 42, count: 4 },
    ]);
    const late = [readingAt(minute + 2 * MINUTE, 1000, -7), readingAt(minute + 3 * MINUTE, 1001, 900)];
    expect((await commit(late)).refused).toEqual([]);
    await judge(1001);
    await rollUp(db, tracker);
    const merged = [await of('1h', minute), await of('1d', begin + 10 * DAY - 8 * HOUR)];
    expect(merged).toMatchObject([
      { min: -7, max: 900, first: 41, last: 900 },
      { min: -7, max: 900, count: 5 },
    ]);
    // Again, as after a crash: nothing changes.
    await db.run('update ingest.rollup_mark set rolled_to = 999');
    tracker = new CommitTracker();
    await beginRollup(db, tracker, 1001);
    await rollUp(db, tracker);
    expect([await of('1h', minute), await of('1d', begin + 10 * DAY - 8 * HOUR)]).toEqual(merged);
    expect(await oldest()).toBe(minute + 2 * MINUTE);
    expect((await run(kept(), now + DAY)).held).toEqual([]);
    expect(await oldest()).toBeGreaterThan(begin + 20 * DAY);
    expect([await of('1h', minute), await of('1d', begin + 10 * DAY - 8 * HOUR)]).toEqual(merged);
  });

  it('does not count twice what is sent again after it was dropped', async () => {
    const hours = await bucketsOf('1h');
    const days = await bucketsOf('1d');
    await run();
    await commit(season.slice(0, 40).map((reading, i) => ({ ...reading, seq: 2000 + i })));
    await rollUp(db, tracker);
    expect(await bucketsOf('1h')).toEqual(hours);
    expect(await bucketsOf('1d')).toEqual(days);
  });

  it('gives way to a reader that holds the table, holds no commit back, and comes again', async () => {
    const reader = new Database({ url: home.url, max: 1 });
    await reader.tx(async (sql) => {
      await sql.query('select count(*) from ingest.reading_row');
      const running = run();
      await commit([readingAt(now - MINUTE, 3000, 1)]);
      expect((await running).held).toMatchObject([{ why: 'busy' }]);
    });
    await reader.close();
    await judge(3000);
    await rollUp(db, tracker);
    expect((await run()).held).toEqual([]);
  });

  it('does not believe a clock that has leapt', async () => {
    const { asOf, clockAhead } = await run(kept({ readings: 90 }), now + 3650 * DAY);
    expect(clockAhead).toBe(true);
    expect(Date.parse(asOf)).toBe(now - HOUR + 7 * DAY);
    expect(await oldest()).toBe(season[0]?.time);
  });

  it('drops rollups in parts too, each resolution no earlier than the finer one', async () => {
    const timescale = await hasTimescale(db);
    await run(kept({ hours: 30, days: 30 }));
    const state = await retentionState(db);
    expect(state.minutes).toBeLessThanOrEqual(state.readings);
    expect(state.hours).toBeLessThanOrEqual(state.minutes);
    // Months of minutes: September ended before, October did not. Chunks of thirty days lie elsewhere.
    if (!timescale) expect(new Date(await oldest('rollup_1m', 'bucket')).toISOString()).toBe('2026-10-01T00:01:00.000Z');
    else expect(await oldest('rollup_1m', 'bucket')).toBeGreaterThanOrEqual(state.minutes);
  });
});
