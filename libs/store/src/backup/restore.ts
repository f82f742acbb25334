import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { chmod, mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataKey } from '#libs/platform';
import { pgAudit } from '../ledger/audit.js';
import { Database } from '../sql/database.js';
import { databaseAccount, giveTo, type Account } from '../embedded/account.js';
import { findBinaries } from '../embedded/binaries.js';
import { roleName } from '../embedded/cluster.js';
import { freePort } from '../embedded/free-port.js';
import { startEmbeddedPostgres } from '../embedded/index.js';
import { launch } from '../embedded/launch.js';
import { findPlace, isCluster } from '../embedded/place.js';
import { isAlive } from '../embedded/postmaster.js';
import { waitUntilReady } from '../embedded/ready.js';
import { aftercare } from './aftercare.js';
import { archiveTarget, restoreFrom, writeArchiveScripts } from './archive.js';
import { copyFile } from './files.js';
import { backupFor, baseBackups, type BaseBackup } from './manifest.js';
import { keyFingerprint } from './take.js';
import { BackupError, texts } from './texts.js';

export interface RestoreOptions {
  /** Directory of the backups. */
  from: string;
  /** Data directory to restore into; it may hold no database. */
  dataDir: string;
  /** Moment to restore to, epoch ms; absent: the end of the archived log. */
  at?: number;
  /** The data key, unless the backup holds it. */
  key?: string;
  now: number;
  say: (text: string) => void;
}

export interface Restored {
  backup: string;
  /** Newest time of commit that was replayed, ISO. */
  lastCommit: string | null;
  readings: number;
  warnings: number;
  newestReading: string | null;
  auditRecords: number;
  /** Messages whose outcome is asked of the provider before anything is sent again. */
  deliveriesToAsk: number;
}

/**
 * Brings a backup back into an empty data directory, as of `at`: copies and checks the base backup, replays the archived log,
 * verifies the audit chain, and puts right what the lost time may have done (aftercare.ts). Everything happens beside the
 * final place and is renamed into it: a restore broken off leaves no database that looks whole.
 * @throws BackupError
 */
export async function restoreBackup(options: RestoreOptions): Promise<Restored> {
  const { dataDir, say } = options;
  const from = realpathSync(options.from);
  const backup = backupFor(baseBackups(from), options.at);
  if (!backup) throw new BackupError(texts.noBackup(from, options.at === undefined ? undefined : new Date(options.at).toISOString()));
  const account = databaseAccount(say);
  const binaries = await findBinaries(account, say);
  const major = backup.manifest.postgres.split('.')[0] ?? '';
  if (major !== binaries.major) throw new BackupError(texts.wrongMajor(major, binaries.major));
  const place = findPlace(dataDir, account, say);
  if (isCluster(place.database)) throw new BackupError(texts.notEmpty(place.database));
  const key = requireKey(backup, options.key, dataDir);

  const half = `${place.database}.restore`;
  rmSync(half, { recursive: true, force: true });
  await copyBack(backup, 'station', dataDir);
  if (key !== undefined) writeFileSync(join(dataDir, 'data.key'), `${key}\n`, { mode: 0o600 });
  await copyBack(backup, 'cluster', half);
  for (const empty of EMPTY_DIRECTORIES) await mkdir(join(half, empty), { recursive: true, mode: 0o700 });
  writeFileSync(join(half, 'backup_label'), backup.manifest.label, { mode: 0o600 });
  writeFileSync(join(half, 'recovery.signal'), '', { mode: 0o600 });
  writeArchiveScripts(half, account);
  restoreFrom(half, account, from);
  await hand(account, half);

  const password = readFileSync(place.passwordFile, 'utf8').trim();
  const report = await recover({ ...options, account, directory: binaries.directory, major, half, password, log: place.log });
  for (const name of ['recovery.signal', 'restore-source', archiveTarget]) rmSync(join(half, name), { force: true });
  await rename(half, place.database);

  // Started once more where it belongs: what the station will find is what is checked and put right.
  const server = await startEmbeddedPostgres({ dataDir, port: 0, say });
  const db = new Database({ url: server.url, statementTimeoutMs: 0 });
  try {
    return { backup: backup.directory, lastCommit: report, ...(await checkAndMend(db, options, report ?? backup.manifest.stoppedAt)) };
  } finally {
    await db.close();
    await server.stop();
  }
}

/** Directories a cluster must have and a backup may hold none of. */
const EMPTY_DIRECTORIES = [
  'pg_wal/archive_status',
  'pg_wal/summaries',
  'pg_replslot',
  'pg_dynshmem',
  'pg_notify',
  'pg_serial',
  'pg_snapshots',
  'pg_stat_tmp',
  'pg_subtrans',
  'pg_tblspc',
  'pg_twophase',
  'pg_commit_ts',
  'pg_logical/snapshots',
  'pg_logical/mappings',
];

/** The key to write, or undefined when the backup or the environment brings it. */
function requireKey({ manifest, directory }: BaseBackup, given: string | undefined, dataDir: string): string | undefined {
  const path = [join(directory, 'station', 'data.key'), join(dataDir, 'data.key')].find((file) => existsSync(file));
  const key = given?.trim() ?? (path && readFileSync(path, 'utf8').trim());
  if (key === undefined) throw new BackupError(texts.noKey);
  if (keyFingerprint(new DataKey(key)) !== manifest.keyFingerprint) throw new BackupError(texts.wrongKey);
  return given === undefined ? undefined : key;
}

async function copyBack({ directory, manifest }: BaseBackup, part: 'station' | 'cluster', to: string): Promise<void> {
  for (const file of manifest.files.filter(({ path }) => path.startsWith(`${part}/`))) {
    const copied = await copyFile(join(directory, part), to, file.path.slice(part.length + 1));
    if (copied?.sha256 !== file.sha256) throw new BackupError(texts.damaged(join(directory, file.path)));
  }
}

/** Directories 0700, everything the account's: PostgreSQL refuses anything else. */
async function hand(account: Account, directory: string): Promise<void> {
  await chmod(directory, 0o700);
  if (!account.ids) return;
  giveTo(account, directory);
  const { status, stderr } = spawnSync('chown', ['-R', `${account.ids.uid}:${account.ids.gid}`, directory], { encoding: 'utf8' });
  if (status !== 0) throw new BackupError(stderr);
}

interface Recovery extends RestoreOptions {
  account: Account;
  directory: string;
  major: string;
  half: string;
  password: string;
  log: string;
}

/** Replays the log and ends recovery. @returns time of the last commit replayed, ISO */
async function recover({ at, account, directory, major, half, password, log, say }: Recovery): Promise<string | null> {
  const goal = at === undefined ? texts.end : new Date(at).toISOString();
  say(texts.recovering(goal));
  const port = await freePort();
  const settings = {
    restore_command: 'sh restore.sh %f %p',
    recovery_target_action: 'promote',
    ...(at === undefined ? {} : { recovery_target_time: pgTime(at) }),
  };
  const child = launch({ account, binaries: { directory, major }, database: half, log, port, durable: true, settings });
  try {
    await waitUntilReady({ pid: child.pid, port, password, log, failed: child.failed, say });
    const db = new Database({ url: `postgres://${roleName}:${password}@127.0.0.1:${port}/${roleName}`, max: 1 });
    try {
      return await recovered(db, child.failed);
    } finally {
      await db.close();
    }
  } catch (error) {
    throw new BackupError(`${texts.notReached(goal, log)}\n${error instanceof Error ? error.message : String(error)}`, { cause: error });
  } finally {
    if (isAlive(child.pid)) process.kill(child.pid, 'SIGINT');
    while (isAlive(child.pid)) await sleep(25);
  }
}

/** As PostgreSQL reads a time in its settings: `2026-07-01 06:00:00.000+00`. */
const pgTime = (ms: number): string => new Date(ms).toISOString().replace('T', ' ').replace('Z', '+00');

/** Polls until recovery is over; a server that ended could not reach the moment. */
async function recovered(db: Database, failed: () => string | undefined): Promise<string | null> {
  for (;;) {
    const ended = failed();
    if (ended !== undefined) throw new BackupError(ended);
    const [row] = await db
      .query<{ recovering: boolean; last: number | null }>(
        'select pg_is_in_recovery() as recovering, pg_last_xact_replay_timestamp() as last',
      )
      .catch(() => []);
    if (row && !row.recovering) return row.last === null ? null : new Date(row.last).toISOString();
    await sleep(100);
  }
}

async function checkAndMend(db: Database, { now }: RestoreOptions, to: string): Promise<Omit<Restored, 'backup' | 'lastCommit'>> {
  const audit = await pgAudit(db).verify();
  if (!audit.ok) throw new BackupError(texts.chainBroken(audit.brokenAt ?? 0));
  const [counts] = await db.query<{ readings: number; newest: number | null; warnings: number }>(
    'select count(*) as readings, max(time) as newest, (select count(*) from alert.warning) as warnings from ingest.reading',
  );
  const { deliveries } = await aftercare(db, { at: now, to });
  return {
    readings: counts?.readings ?? 0,
    warnings: counts?.warnings ?? 0,
    newestReading: counts?.newest ? new Date(counts.newest).toISOString() : null,
    auditRecords: audit.records,
    deliveriesToAsk: deliveries,
  };
}
