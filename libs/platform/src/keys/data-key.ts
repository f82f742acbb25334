import { chmodSync, closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DataKey, randomSecret } from './crypto.js';

/** The data key can't be read or made; the message says which file and what to do. */
export class DataKeyError extends Error {
  override readonly name = 'DataKeyError';
}

/** Shorter keys are guesses of a human; ours has 43 characters. */
const SHORTEST = 32;

/**
 * The key of encrypted columns: `WANGSHAN_DATA_KEY` when given, else `<data dir>/data.key`, made on the first start and
 * readable by its owner only. Without it encrypted columns can't be read again: it belongs in the backup, apart from the data.
 * @throws DataKeyError
 */
export function loadDataKey(configured: string | undefined, dataDir: string): DataKey {
  if (configured !== undefined) return new DataKey(configured);
  const path = join(dataDir, 'data.key');
  const key = readKey(path) ?? makeKey(dataDir, path);
  if (key.length < SHORTEST)
    throw new DataKeyError(`${path} holds no key (fewer than ${SHORTEST} characters): restore it from a backup, or set WANGSHAN_DATA_KEY`);
  return new DataKey(key);
}

function readKey(path: string): string | undefined {
  try {
    // A copy or a restore may have opened it to others.
    if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600);
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new DataKeyError(`${path} can't be read (${(error as Error).message}): start as its owner, or set WANGSHAN_DATA_KEY`, {
      cause: error,
    });
  }
}

/** Written whole beside its place and linked into it, so that two first starts agree on one key and none is ever half there. */
function makeKey(dataDir: string, path: string): string {
  mkdirSync(dataDir, { recursive: true });
  const half = `${path}.${process.pid}`;
  const file = openSync(half, 'w', 0o600);
  try {
    writeSync(file, `${randomSecret(32)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  try {
    linkSync(half, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(half, { force: true });
  }
  return readFileSync(path, 'utf8').trim();
}
