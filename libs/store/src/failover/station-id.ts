import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomSecret } from '#libs/platform';
import { writeDurably } from './durable-file.js';

/** Names this data directory, for the lease: made on the first start, kept for ever. */
export function stationId(dataDir: string): string {
  const path = join(dataDir, 'station.id');
  try {
    const known = readFileSync(path, 'utf8').trim();
    if (known !== '') return known;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const id = randomSecret(9);
  writeDurably(path, `${id}\n`);
  return id;
}
