import { existsSync, mkdirSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { hashId } from '#libs/platform';
import { canUse, type Account } from './account.js';
import { systemDirectory } from './binaries.js';
import { writePrivate } from './private-file.js';
import { EmbeddedPostgresError, texts } from './texts.js';

/** Where the database of one data directory is, and what is remembered of it between starts. */
export interface Place {
  /** The cluster (PGDATA). */
  database: string;
  log: string;
  passwordFile: string;
  /** Port of the last start, if any. */
  port: number | undefined;
  remember(port: number): void;
}

const Memory = z.object({ port: z.number().int(), database: z.string() });

/**
 * `<data dir>/postgres`, or, where the account can't reach that, a directory of its own named by the hash of the data
 * directory's real path: two data directories never share one. A database that exists is never left for a new empty one
 * because rights or paths have changed since.
 * @throws EmbeddedPostgresError if the database exists but can't be used from here
 */
export function findPlace(dataDir: string, account: Account, say: (text: string) => void): Place {
  mkdirSync(dataDir, { recursive: true });
  const home = realpathSync(dataDir);
  const memoryFile = join(home, 'postgres.json');
  const memory = existsSync(memoryFile) ? Memory.parse(JSON.parse(readFileSync(memoryFile, 'utf8'))) : undefined;
  const database = chooseDirectory(home, account, say);
  if (memory && memory.database !== database && !isCluster(database) && isCluster(memory.database))
    throw new EmbeddedPostgresError(texts.moved(memory.database, database));
  return {
    database,
    log: join(home, 'postgres.log'),
    passwordFile: join(home, 'postgres.password'),
    port: memory?.port,
    remember: (port) => writePrivate(memoryFile, JSON.stringify({ port, database })),
  };
}

function chooseDirectory(home: string, account: Account, say: (text: string) => void): string {
  const inside = join(home, 'postgres');
  const outside = join(systemDirectory, hashId(16, home));
  if (account.ids === undefined) return inside;
  const reachable = canUse(account, '-x', home);
  if (isCluster(inside)) {
    if (!reachable) throw new EmbeddedPostgresError(texts.outOfReach(account.name, inside));
    return inside;
  }
  if (reachable && !isCluster(outside)) return inside;
  mkdirSync(systemDirectory, { recursive: true, mode: 0o755 });
  say(texts.databaseElsewhere(account.name, home, outside));
  return outside;
}

export const isCluster = (directory: string): boolean => existsSync(join(directory, 'PG_VERSION'));
