import { spawnSync } from 'node:child_process';
import { existsSync, realpathSync, rmSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { Client } from 'pg';
import type { DataKey } from '#libs/platform';
import { databaseAccount } from '../embedded/account.js';
import { findPlace, isCluster } from '../embedded/place.js';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../embedded/index.js';
import { archiveTo, walDirectory } from './archive.js';
import { clusterFiles, copyFile, sizeOf, syncDirectory } from './files.js';
import { baseBackups, baseDirectory, type BackedUpFile, type BaseBackup, type Manifest } from './manifest.js';
import { BackupError, texts } from './texts.js';

export interface BackupOptions {
  dataDir: string;
  /** Directory of the backups: base backups in `base/`, the log in `wal/`. */
  to: string;
  dataKey: Pick<DataKey, 'lookupHash'>;
  /** Takes `data.key` along. Off: whoever steals the backup can't read names and numbers, and whoever loses the key can't either. */
  withKey: boolean;
  /** Base backups to keep; older ones go, and the log before the oldest kept. */
  keep: number;
  say: (text: string) => void;
}

/** Tells whether a key is the one of a backup, and nothing else about it. */
export const keyFingerprint = (key: Pick<DataKey, 'lookupHash'>): string => key.lookupHash('backup').slice(0, 16);

/** Of the station's own files: what is made anew, is the database itself, or is the key. */
const notTaken = /^(postgres([./].*)?|(journal|gateway)\/.*|station\.pid|.*\.log(\.1)?)$/;

/**
 * An online base backup of the embedded database and the station's files, after which every finished segment of the log is
 * archived beside it: any moment from `stoppedAt` to the last archived segment (a minute ago at most) can be restored.
 * The station may run; when it does not, the server is started for the time of the copy.
 * @throws BackupError
 */
export async function takeBackup(options: BackupOptions): Promise<BaseBackup & { files: number; bytes: number }> {
  const { dataDir, to, say } = options;
  const account = databaseAccount(say);
  if (!existsSync(dataDir) || !isCluster(findPlace(dataDir, account, say).database)) throw new BackupError(texts.nothingToBackUp(dataDir));
  for (const tool of ['gzip', 'cmp']) if (spawnSync(tool, ['--version']).error) throw new BackupError(texts.noTool(tool));
  // Others may pass (PostgreSQL's own account must reach the log), not look.
  await mkdir(to, { recursive: true, mode: 0o711 });
  await mkdir(baseDirectory(to), { recursive: true, mode: 0o700 });
  if (realpathSync(to).startsWith(realpathSync(dataDir) + sep)) throw new BackupError(texts.inside(to));

  // Port 0: whatever port a running server has is its own; naming another would restart it.
  const server = await startEmbeddedPostgres({ dataDir, port: 0, say });
  try {
    await archiveTo(server.directory, account, realpathSync(to));
    const taken = await copyOnline(server, options);
    await prune(to, options.keep, say);
    if (!options.withKey) say(texts.keepKey(join(dataDir, 'data.key')));
    say(texts.done(taken.directory));
    return taken;
  } finally {
    if (!server.adopted) await server.stop();
  }
}

async function copyOnline(server: EmbeddedPostgres, options: BackupOptions): Promise<BaseBackup & { files: number; bytes: number }> {
  const startedAt = new Date();
  const directory = join(baseDirectory(options.to), startedAt.toISOString().replace(/[-:]/g, '').replace('.', '_'));
  const half = `${directory}.part`;
  // One session from start to stop, or PostgreSQL gives the backup up.
  const client = new Client({ connectionString: server.url, options: '-c timezone=UTC -c statement_timeout=0' });
  await client.connect();
  try {
    const version = (await client.query<{ v: string }>(`select current_setting('server_version') as v`)).rows[0]?.v ?? '';
    const first = (await client.query<{ segment: string }>(`select pg_walfile_name(pg_backup_start('wangshan', true)) as segment`)).rows[0];
    const files = await copyCluster(server.directory, join(half, 'cluster'), options.say);
    files.push(...(await copyStation(options, join(half, 'station'))));
    const label = await stopBackup(client, options.to);
    const manifest: Manifest = {
      format: 1,
      startedAt: startedAt.toISOString(),
      stoppedAt: new Date().toISOString(),
      postgres: version,
      firstSegment: first?.segment ?? '',
      label,
      keyFingerprint: keyFingerprint(options.dataKey),
      files,
    };
    await writeFile(join(half, 'backup.json'), JSON.stringify(manifest), { mode: 0o600, flush: true });
    await syncDirectory(half);
    await rename(half, directory);
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    options.say(texts.copied(files.length, bytes));
    return { directory, manifest, files: files.length, bytes };
  } finally {
    await client.end();
    rmSync(half, { recursive: true, force: true });
  }
}

/** Waits until the log the copy needs is in the archive: PostgreSQL itself waits, and warns each minute when it can't. */
async function stopBackup(client: Client, to: string): Promise<string> {
  await client.query(`set statement_timeout = ${ARCHIVE_LIMIT_MS}`);
  try {
    return (await client.query<{ labelfile: string }>('select labelfile from pg_backup_stop(true)')).rows[0]?.labelfile ?? '';
  } catch (error) {
    throw new BackupError(texts.archiveFailing(`${walDirectory(to)}: ${error instanceof Error ? error.message : String(error)}`), {
      cause: error,
    });
  }
}
/** Longest wait for the last segment, ms. Shorter gives up on a slow network disk; longer hangs on an archive that is full. */
const ARCHIVE_LIMIT_MS = 300_000;

async function copyCluster(cluster: string, to: string, say: (text: string) => void): Promise<BackedUpFile[]> {
  const files = await clusterFiles(cluster);
  say(texts.copying(await sizeOf(cluster, files)));
  // Last, as PostgreSQL asks: a copy whose control file is newer than its data recovers, the other way round it does not.
  const inOrder = [...files.filter((file) => file !== CONTROL), CONTROL];
  return copyAll(cluster, to, inOrder, 'cluster');
}
const CONTROL = join('global', 'pg_control');

async function copyStation({ dataDir, withKey }: BackupOptions, to: string): Promise<BackedUpFile[]> {
  await mkdir(to, { recursive: true, mode: 0o700 });
  const entries = await readdir(dataDir, { withFileTypes: true, recursive: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dataDir.length + 1))
    .filter((path) => !notTaken.test(path) || path === 'postgres.password')
    .filter((path) => withKey || path !== 'data.key');
  return copyAll(dataDir, to, files, 'station');
}

async function copyAll(from: string, to: string, files: readonly string[], prefix: string): Promise<BackedUpFile[]> {
  const copied: BackedUpFile[] = [];
  for (const file of files) {
    const copy = await copyFile(from, to, file);
    if (copy) copied.push({ ...copy, path: join(prefix, file) });
  }
  return copied;
}

/** Keeps the newest `keep` backups and the log from the oldest of them on. Segment names sort by time within a timeline. */
async function prune(to: string, keep: number, say: (text: string) => void): Promise<void> {
  const all = baseBackups(to);
  const old = all.slice(0, -keep);
  const oldest = all[old.length];
  if (old.length === 0 || !oldest) return;
  for (const { directory } of old) await rm(directory, { recursive: true, force: true });
  const segments = (await readdir(walDirectory(to))).filter(
    (name) => /^[0-9A-F]{24}/.test(name) && name.slice(0, 24) < oldest.manifest.firstSegment,
  );
  for (const name of segments) await rm(join(walDirectory(to), name), { force: true });
  say(texts.pruned(old.length, segments.length));
}
