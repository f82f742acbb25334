import type { Clock } from '#libs/contracts';
import type { Outbox } from '#libs/notify';
import type { DataKey } from '#libs/platform';
import { Database } from '../sql/database.js';
import { pgOutbox } from './outbox.js';

/**
 * The outbox of a database alone, for a worker in a process of its own.
 * @param url postgres:// address of a database whose migrations have run
 */
export function openOutbox(url: string, key: DataKey, clock: Clock): { outbox: Outbox; close: () => Promise<void> } {
  // A broken idle connection is replaced at the next statement, which says so if it can't be.
  const db = new Database({ url, name: 'wangshan-outbox', onIdleError: () => undefined });
  return { outbox: pgOutbox(db, key, clock), close: () => db.close() };
}
