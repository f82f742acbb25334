import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomSecret } from '#libs/platform';
import { writeDurably } from './durable-file.js';

/** Names this data directory, for the lease: made on the first start, kept for ever. */
export async function stationId(dataDir: string): Promise<string> {
  const path = join(dataDir, 'station.id');
  try {
    const known = (await readFile(path, 'utf8')).trim();
    if (known !== '') return known;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const id = randomSecret(9);
  await writeDurably(path, `${id}\n`);
  return id;
}
