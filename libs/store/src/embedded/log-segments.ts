import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { giveTo, type Account } from './account.js';

/**
 * Segments of the write-ahead log that are there before the first commit. PostgreSQL makes one when it needs it: 16 MiB of zeros, flushed, while every commit
 * waits (100 to 500 ms measured here, at 5,000 messages a second every seven seconds). Fewer: that goes on until the first checkpoints hand used segments
 * back. More: a first start takes longer, some 0.1 s each, and as much of a small disk.
 */
const READY = 8;
const SEGMENT_BYTES = 16 * 1024 ** 2;
const CHUNK_BYTES = 1024 ** 2;

/** Name of a segment: timeline 1, then its number, of which 256 make 4 GiB. The first one initdb makes is 1. */
export const segmentName = (number: number): string =>
  ['1', (number >> 8).toString(16), (number & 0xff).toString(16)].map((part) => part.toUpperCase().padStart(8, '0')).join('');

/**
 * Makes the next segments of a cluster that no server has been started on, as the server itself would: full of zeros and on disk before they have
 * their place (the caller renames the cluster into it). What it finds it uses (PostgreSQL manual, "WAL Configuration": segments kept for the future).
 */
export async function makeSegments(cluster: string, account: Account): Promise<void> {
  const zeros = Buffer.alloc(CHUNK_BYTES);
  for (let number = 2; number < 2 + READY; number += 1) {
    const path = join(cluster, 'pg_wal', segmentName(number));
    const file = await open(path, 'wx', 0o600);
    try {
      for (let written = 0; written < SEGMENT_BYTES; written += CHUNK_BYTES) await file.appendFile(zeros);
      await file.sync();
    } finally {
      await file.close();
    }
    giveTo(account, path);
  }
}
