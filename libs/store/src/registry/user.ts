import type { StoredUser, UserStore } from '#libs/command';
import { Problem, toIso, type User } from '#libs/contracts';
import type { DataKey } from '#libs/platform';
import type { Sql } from '../sql/database.js';
import { pageKey, toPage } from '../sql/record-page.js';

const nameColumn = 'command.user_account.display_name';

/** Accounts. The name a person goes by is encrypted; the login name is not: audit records carry it. */
export function pgUsers(db: Sql, key: DataKey): UserStore {
  const one = async (where: string, value: string): Promise<StoredUser | undefined> => {
    const [row] = await db.query<Row>(`select * from command.user_account where ${where} = $1`, [value]);
    return row && { ...userOf(key, row), passwordHash: row.password_hash };
  };
  return {
    byUsername: (username) => one('username', username),
    byId: (id) => one('id', id),

    async insert(user) {
      const written = await db.run(
        `insert into command.user_account (id, username, display_name, password_hash, roles, division_code, created_at)
         values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`,
        [user.id, user.username, key.encrypt(user.displayName, nameColumn), user.passwordHash, user.roles, user.scope, user.createdAt],
      );
      if (written === 0) throw new Problem('already-exists', `user ${user.username} exists already`);
    },

    async setPassword(id, passwordHash) {
      const written = await db.run('update command.user_account set password_hash = $2, version = version + 1 where id = $1', [
        id,
        passwordHash,
      ]);
      if (written === 0) throw new Problem('not-found', `no user ${id}`);
    },

    async list(query) {
      const after = pageKey(query.cursor);
      const rows = await db.query<Row>(
        'select * from command.user_account where ($1::text is null or username > $1) order by username limit $2',
        [after?.[1] ?? null, query.limit + 1],
      );
      return toPage(
        rows,
        query.limit,
        (row) => [0, row.username],
        (row) => userOf(key, row),
      );
    },
  };
}

interface Row {
  id: string;
  username: string;
  display_name: string;
  password_hash: string;
  roles: User['roles'];
  division_code: string;
  created_at: number;
}

const userOf = (key: DataKey, row: Row): User => ({
  id: row.id,
  username: row.username,
  displayName: key.decrypt(row.display_name, nameColumn),
  roles: row.roles,
  scope: row.division_code,
  createdAt: toIso(row.created_at),
});
