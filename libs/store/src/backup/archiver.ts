import type { Sql } from '../sql/database.js';

/** How the archive of the write-ahead log stands. */
export interface ArchiveState {
  /** Why the newest try failed; undefined while it works, or when nothing is archived. */
  fault: string | undefined;
}

/**
 * PostgreSQL tries again for ever and keeps the log meanwhile: nobody would know until the disk of the database is full, or until the
 * backup is needed. A failure counts while no later segment went through.
 */
export async function archiveState(sql: Sql): Promise<ArchiveState> {
  const [row] = await sql.query<{ segment: string | null; failed: number | null; archived: number | null }>(
    'select last_failed_wal as segment, last_failed_time as failed, last_archived_time as archived from pg_stat_archiver',
  );
  const failedAt = row?.failed ?? -Infinity;
  if (failedAt <= (row?.archived ?? -Infinity)) return { fault: undefined };
  return { fault: `${row?.segment ?? ''} since ${new Date(failedAt).toISOString()}` };
}
