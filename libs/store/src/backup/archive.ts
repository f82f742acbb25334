import { existsSync, readFileSync, rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { canUse, giveTo, type Account } from '../embedded/account.js';
import { writePrivate } from '../embedded/private-file.js';
import { BackupError, texts } from './texts.js';

/** Files in the cluster's directory: PostgreSQL runs the commands there, so no path has to survive a shell's quoting. */
export const archiveScript = 'archive.sh';
export const archiveTarget = 'archive-target';
export const restoreScript = 'restore.sh';
export const restoreSource = 'restore-source';

/**
 * `archive_command` (PostgreSQL 26.3.1): 0 only when the segment is on disk at the target. A segment that is there already
 * with the same content is a repetition after a crash; with other content it is another database's, and must not be lost.
 * Nobody has asked for a backup: nothing to do, and the segment may be recycled.
 */
const ARCHIVE = `set -eu
[ -f ${archiveTarget} ] || exit 0
to="$(cat ${archiveTarget})/$2.gz"
if [ -f "$to" ]; then gzip -dc "$to" | cmp -s - "$1"; exit $?; fi
gzip -1 -c "$1" > "$to.part"
sync "$to.part" 2>/dev/null || sync
mv "$to.part" "$to"
`;

/** `restore_command`: a segment that is not in the archive is the end of the history, not a fault. */
const RESTORE = `set -eu
from="$(cat ${restoreSource})/$1.gz"
[ -f "$from" ] || exit 1
gzip -dc "$from" > "$2"
`;

/** Puts the two scripts where the settings of the server expect them. */
export function writeArchiveScripts(cluster: string, account: Account): void {
  for (const [name, text] of [
    [archiveScript, ARCHIVE],
    [restoreScript, RESTORE],
  ] as const)
    writeOwned(account, join(cluster, name), text);
}

/** Where the write-ahead log goes, beside the base backups of `to`. */
export const walDirectory = (to: string): string => join(to, 'wal');

/**
 * From now on every finished segment of the write-ahead log is kept in `<to>/wal`.
 * @throws BackupError when the account that runs PostgreSQL can't write there
 */
export async function archiveTo(cluster: string, account: Account, to: string): Promise<void> {
  const wal = walDirectory(to);
  const made = await mkdir(wal, { recursive: true, mode: 0o700 });
  if (made !== undefined || (account.ids && !canUse(account, '-w', wal))) giveTo(account, wal);
  if (!canUse(account, '-w', wal)) throw new BackupError(texts.outOfReach(account.name, wal));
  writeOwned(account, join(cluster, archiveTarget), wal);
}

/** Where the log is archived, if anywhere. */
export const archivedTo = (cluster: string): string | undefined => {
  const file = join(cluster, archiveTarget);
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
};

/** Recovery reads the log from there. */
export function restoreFrom(cluster: string, account: Account, from: string): void {
  rmSync(join(cluster, archiveTarget), { force: true });
  writeOwned(account, join(cluster, restoreSource), walDirectory(from));
}

function writeOwned(account: Account, path: string, text: string): void {
  writePrivate(path, text);
  giveTo(account, path);
}
