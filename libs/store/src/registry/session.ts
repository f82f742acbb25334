import type { SessionStore } from '#libs/command';
import { at, type Sql } from '../sql/database.js';

/** Sessions by the keyed hash of their token. Those that have run out are swept when a new one begins. */
export function pgSessions(db: Sql): SessionStore {
  return {
    async insert({ tokenHash, userId, expiresAt }) {
      await db.run('delete from command.session where expires_at < now()');
      await db.run('insert into command.session (token_hash, user_id, expires_at) values ($1, $2, $3)', [tokenHash, userId, at(expiresAt)]);
    },
    async find(tokenHash) {
      const [row] = await db.query<{ user_id: string; expires_at: number }>(
        'select user_id, expires_at from command.session where token_hash = $1',
        [tokenHash],
      );
      return row && { userId: row.user_id, expiresAt: row.expires_at };
    },
    async remove(tokenHash) {
      await db.run('delete from command.session where token_hash = $1', [tokenHash]);
    },
  };
}
