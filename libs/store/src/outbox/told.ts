import type { Told, ToldStore } from '#libs/alert';
import type { DataKey } from '#libs/platform';
import type { Sql } from '../sql/database.js';
import { groupChannel } from '#libs/contracts';
import { openAddress, type DeliveryRow } from './delivery-row.js';

/** Deliveries that never reached anybody: not sent, or refused for good. */
const NEVER = ['pending', 'cancelled', 'suppressed', 'failed_perm', 'manual_task'];

/** Who was told of a warning, by `notify.delivery`: each address once, the first place it was told at. */
export const pgTold = (db: Sql, key: DataKey): ToldStore => ({
  async of(warningId, scope) {
    const rows = await db.query<DeliveryRow>(
      `select distinct on (address_hash) * from notify.delivery
        where warning_id = $1 and scope = $2 and status <> all($3)
        order by address_hash, created_at, id`,
      [warningId, scope, NEVER],
    );
    return rows.map((row): Told => {
      const group = groupChannel(row.channel);
      return { recipient: row.recipient, role: row.role, address: openAddress(key, row), ...(group ? { group } : {}) };
    });
  },
});
