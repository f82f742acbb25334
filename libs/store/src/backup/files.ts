import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, readdir, stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { errnoOf } from '../embedded/errno.js';
import type { BackedUpFile } from './manifest.js';

/**
 * What a base backup leaves out (PostgreSQL 26.3.3.5, "Backing Up the Data Directory"): the log comes from the archive, and
 * the rest is made anew at a start or belongs to the running server.
 */
const emptied = new Set(['pg_wal', 'pg_replslot', 'pg_dynshmem', 'pg_notify', 'pg_serial', 'pg_snapshots', 'pg_stat_tmp', 'pg_subtrans']);
const leftOut =
  /^(postmaster\.(pid|opts)|backup_label(\.old)?|tablespace_map|archive-target|restore-source|recovery\.signal)$|(^|\/)(pgsql_tmp|pg_internal\.init)/;

/** Files of a cluster, as paths relative to it. Empty directories are made at the restore (restore.ts). */
export async function clusterFiles(root: string): Promise<string[]> {
  const files: string[] = [];
  const visit = async (directory: string): Promise<void> => {
    for (const entry of await namesIn(directory)) {
      const path = relative(root, join(directory, entry.name));
      if (leftOut.test(path)) continue;
      if (entry.isDirectory() && !emptied.has(path)) await visit(join(directory, entry.name));
      else if (entry.isFile()) files.push(path);
    }
  };
  await visit(root);
  return files;
}

/** Copies one file and answers its size and checksum; undefined when it is gone (a table dropped meanwhile: the log knows). */
export async function copyFile(from: string, to: string, path: string): Promise<BackedUpFile | undefined> {
  await mkdir(dirname(join(to, path)), { recursive: true, mode: 0o700 });
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    await pipeline(
      createReadStream(join(from, path)),
      async function* (source: AsyncIterable<Buffer>) {
        for await (const chunk of source) {
          hash.update(chunk);
          bytes += chunk.length;
          yield chunk;
        }
      },
      createWriteStream(join(to, path), { mode: 0o600, flush: true }),
    );
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  return { path, bytes, sha256: hash.digest('hex') };
}

/** Makes the names in a directory durable. */
export async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Bytes of the files now; those that have gone count nothing. */
export async function sizeOf(root: string, files: readonly string[]): Promise<number> {
  let bytes = 0;
  for (const file of files) bytes += await stat(join(root, file)).then(({ size }) => size, gone);
  return bytes;
}

const namesIn = (directory: string) =>
  readdir(directory, { withFileTypes: true }).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  });

function gone(error: unknown): number {
  if (errnoOf(error) === 'ENOENT') return 0;
  throw error;
}
