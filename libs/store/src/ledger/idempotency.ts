import type { IdempotencyStore } from '#libs/command';
import type { DataKey } from '#libs/platform';
import type { Sql } from '../sql/database.js';

/** Shorter, and a client that retries after a night's outage acts twice; longer only keeps encrypted answers around. */
const KEEP = `interval '24 hours'`;
const bodyColumn = 'command.idempotency.body';

/** Answers already given. Encrypted, because an answer may hold a card or a device's secret. */
export function pgIdempotency(db: Sql, key: DataKey): IdempotencyStore {
  return {
    async find(name, actor) {
      const [row] = await db.query<{ request_hash: string; status: number; body: string }>(
        `select request_hash, status, body from command.idempotency where key = $1 and actor = $2 and created_at > now() - ${KEEP}`,
        [name, actor],
      );
      return row && { requestHash: row.request_hash, status: row.status, body: JSON.parse(key.decrypt(row.body, bodyColumn)) as unknown };
    },

    async save(name, actor, requestHash, status, body) {
      await db.run(`delete from command.idempotency where created_at <= now() - ${KEEP}`);
      // The first answer stands: a second one under the same key is the repetition this table exists for.
      await db.run(
        `insert into command.idempotency (key, actor, request_hash, status, body) values ($1, $2, $3, $4, $5)
         on conflict (key, actor) do nothing`,
        [name, actor, requestHash, status, key.encrypt(JSON.stringify(body ?? null), bodyColumn)],
      );
    },
  };
}
