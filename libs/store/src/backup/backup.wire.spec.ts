import { appendFileSync, chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DataKey } from '#libs/platform';
import { PATIENCE_MS, until } from '#libs/testing';
import { pgAudit } from '../ledger/audit.js';
import { Database } from '../sql/database.js';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../embedded/index.js';
import { migrate } from '../sql/migrate.js';
import { pgReadings } from '../reading/reading.js';
import { archiveTo, archivedTo } from './archive.js';
import { archiveState } from './archiver.js';
import { databaseAccount } from '../embedded/account.js';
import { baseBackups } from './manifest.js';
import { restoreBackup, type RestoreOptions } from './restore.js';
import { takeBackup } from './take.js';

const key = 'k'.repeat(43);
const said: string[] = [];
const say = (text: string): void => void said.push(text);
const MINUTE = 60_000;
const begin = Date.UTC(2026, 6, 1);

let parent: string;
let to: string;
let server: EmbeddedPostgres;
let db: Database;

/** `count` readings of one channel, a minute apart, from minute `first` on. */
const write = async (first: number, count: number): Promise<void> => {
  const store = pgReadings(db);
  const seq = await store.lastSeq();
  const readings = Array.from({ length: count }, (_, n) => ({
    deviceId: 'd1',
    hazardPoint: 'p1',
    channel: 'L1_LF_1',
    time: begin + (first + n) * MINUTE,
    value: first + n,
    quality: [],
    receivedAt: begin + (first + n) * MINUTE,
    seq: seq + 1 + n,
  }));
  await store.commit({ readings, quarantine: [] });
  await pgAudit(db).append([{ id: `a${first}`, at: begin, actor: 'test', action: 'readings', object: 'd1', detail: { first, count } }]);
};
/** The next whole millisecond: the server counts in microseconds, and what was committed in this one belongs to it. */
const serverNow = async (): Promise<number> =>
  (await db.query<{ at: number }>(`select clock_timestamp() + interval '1 millisecond' as at`))[0]?.at ?? 0;
const restore = (name: string, more: Partial<RestoreOptions> = {}) =>
  restoreBackup({ from: to, dataDir: join(parent, name), key, now: Date.now(), say, ...more });
const isThere = (name: string): boolean => existsSync(join(parent, name, 'postgres', 'PG_VERSION'));

beforeAll(async () => {
  parent = mkdtempSync(join(tmpdir(), 'backup-'));
  chmodSync(parent, 0o755);
  to = join(parent, 'backups');
  server = await startEmbeddedPostgres({ dataDir: join(parent, 'live'), port: 0, say });
  writeFileSync(join(parent, 'live', 'data.key'), `${key}\n`, { mode: 0o600 });
  db = new Database({ url: server.url });
  await migrate(db);
});
afterAll(async () => {
  await db.close();
  await server.stop();
  rmSync(parent, { recursive: true, force: true });
});

describe('backup and restore to a moment', () => {
  let between: number;

  it('copies the running database and archives its log from then on', async () => {
    await write(0, 100);
    const dataKey = new DataKey(key);
    const taken = await takeBackup({ dataDir: join(parent, 'live'), to, dataKey, withKey: false, keep: 2, say });
    expect(taken.files).toBeGreaterThan(500);
    expect(archivedTo(server.directory)).toBe(join(to, 'wal'));
    expect(said.join('\n')).toContain('data.key');

    await write(100, 50);
    // A delivery that is waiting at the moment restored to, and sent after it.
    await db.run(`insert into notify.delivery (id, out_id, warning_id, division_code, scope, version, recipient, role, channel, step, priority, level, kind,
      exercise, deliver, address, address_hash, message, template, parts, not_before, deadline, created_at) values
      ('w1', 'o1', 'w', '36', 'internal', 1, 'r', 'monitor', 'sms', 0, 0, 'red', 'alert', true, 'simulator', 'x', 'x', 'x', 't', 1, now(), now() + interval '1 day', now())`);
    between = await serverNow();
    await new Promise((resolve) => setTimeout(resolve, 20));
    await write(150, 25);
    await db.run(`update notify.delivery set status = 'delivered' where id = 'w1'`);
    const [row] = await db.query<{ segment: string }>('select pg_walfile_name(pg_switch_wal()) as segment');
    await until('the log to be archived', PATIENCE_MS, () => existsSync(join(to, 'wal', `${row?.segment}.gz`)));
  });

  it('restores exactly what was committed up to that moment, and asks the provider about what was waiting', async () => {
    const report = await restore('then', { at: between });
    expect(report).toMatchObject({ readings: 150, auditRecords: 2, deliveriesToAsk: 1 });
    expect(report.newestReading).toBe(new Date(begin + 149 * MINUTE).toISOString());

    const again = await startEmbeddedPostgres({ dataDir: join(parent, 'then'), port: 0, say });
    const restored = new Database({ url: again.url });
    expect(await restored.query('select status from notify.delivery')).toEqual([{ status: 'unknown' }]);
    expect(await pgAudit(restored).verify()).toMatchObject({ ok: true, records: 3 });
    const [event] = await restored.query<{ seq: number; payload: { code: string } }>(
      'select seq, payload from wall.event order by seq desc limit 1',
    );
    expect(event?.seq).toBeGreaterThan(1_000_000);
    // Stands until the station has been running for a while: an alarm that ends as it begins is seen by nobody.
    expect(event?.payload).toMatchObject({ code: 'restored', standing: true });
    expect(await pgReadings(restored).lastSeq(), 'no seq of the lost time is given again').toBeGreaterThan(1_000_000);
    expect(archivedTo(again.directory), 'a restored database must not write into the archive it came from').toBeUndefined();
    await restored.close();
    await again.stop();
  });

  it('restores to the end of the log without a time', async () => {
    expect(await restore('end')).toMatchObject({ readings: 175, deliveriesToAsk: 0 });
  });

  it.each<[string, Partial<RestoreOptions>, RegExp]>([
    ['a moment the log does not reach', { at: Date.now() + 3_600_000 }, /does not reach/],
    ['a moment before the first backup', { at: begin }, /No backup .* was complete before/],
    ['another key', { key: 'x'.repeat(43) }, /data key is not the one/],
    ['no key', { key: undefined }, /holds no data key/],
  ])('refuses %s and leaves no database', async (name, more, why) => {
    await expect(restore(name, more)).rejects.toThrow(why);
    expect(isThere(name)).toBe(false);
  });

  it('never overwrites a database', async () => {
    await expect(restore('live')).rejects.toThrow(/is not overwritten/);
  });

  it('keeps the newest backups and the log they need', async () => {
    const options = { dataDir: join(parent, 'live'), to, dataKey: new DataKey(key), withKey: true, keep: 2, say };
    const [first] = baseBackups(to);
    await takeBackup(options);
    await takeBackup(options);
    const kept = baseBackups(to);
    expect(kept).toHaveLength(2);
    expect(kept.map(({ directory }) => directory)).not.toContain(first?.directory);
    const oldest = kept[0]?.manifest.firstSegment ?? '';
    const segments = readdirSync(join(to, 'wal')).filter((name) => /^[0-9A-F]{24}\.gz$/.test(name));
    expect(segments.every((name) => name >= oldest)).toBe(true);
    // The key came along this time.
    expect(await restore('with-key', { key: undefined })).toMatchObject({ readings: 175 });
  });

  it('knows when the log can no longer be archived, and when it can again', async () => {
    expect(await archiveState(db)).toEqual({ fault: undefined });
    renameSync(join(to, 'wal'), join(to, 'wal.away'));
    await write(500, 1);
    await db.run('select pg_switch_wal()');
    await until('the fault', PATIENCE_MS, async () => (await archiveState(db)).fault?.includes('since'));
    renameSync(join(to, 'wal.away'), join(to, 'wal'));
    await until('its end', 3 * PATIENCE_MS, async () => (await archiveState(db)).fault === undefined);
  });

  it('refuses a damaged backup before anything is there', async () => {
    const [, newest] = baseBackups(to);
    appendFileSync(join(newest?.directory ?? '', 'cluster', 'PG_VERSION'), ' ');
    await expect(restore('damaged')).rejects.toThrow(/not what its checksum says/);
    expect(isThere('damaged')).toBe(false);
  });
});

it.skipIf(process.getuid?.() !== 0)('says so when PostgreSQL cannot write to the place of the backup (as root)', async () => {
  const closed = join(parent, 'closed');
  mkdirSync(closed, { mode: 0o700 });
  await expect(archiveTo(server.directory, databaseAccount(say), join(closed, 'backups'))).rejects.toThrow(/can't write/);
});
