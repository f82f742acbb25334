import { normalPhone } from '#libs/contracts';
import type { NumberStore, NumberToMend } from '#libs/notify';
import type { DataKey } from '#libs/platform';
import type { Sql } from '../sql/database.js';

/** Numbers a provider called dead, by their keyed hash; the outbox writes them (outbox-settle.ts) and forgets them (outbox-receipt.ts). */
export const pgNumbers = (db: Sql, key: DataKey): NumberStore => ({
  async deadAmong(phones) {
    const byHash = new Map<string, string[]>();
    for (const phone of new Set(phones)) {
      const hash = key.lookupHash(normalPhone(phone));
      byHash.set(hash, [...(byHash.get(hash) ?? []), phone]);
    }
    if (byHash.size === 0) return [];
    const rows = await db.query<{ address_hash: string; since: number; provider: string; code: string; delivery_id: string | null }>(
      'select address_hash, since, provider, code, delivery_id from notify.dead_number where address_hash = any($1)',
      [[...byHash.keys()]],
    );
    return rows.flatMap(({ address_hash: hash, since, provider, code, delivery_id: delivery }) =>
      (byHash.get(hash) ?? []).map((phone) => ({ phone, since, provider, code, delivery })),
    );
  },

  async toMend(limit) {
    const rows = await db.query<{ key: string; since: number; warning_id: string; recipient: string }>(
      `select n.address_hash as key, n.since, d.warning_id, d.recipient
         from notify.dead_number n join notify.delivery d on d.id = n.delivery_id
        where n.task_id is null and d.channel in ('sms', 'voice') order by n.since limit $1`,
      [limit],
    );
    return rows.map(({ warning_id: warningId, ...row }): NumberToMend => ({ ...row, warningId }));
  },

  async asked(number, taskId) {
    await db.run('update notify.dead_number set task_id = $2 where address_hash = $1', [number, taskId]);
  },

  async mended(taskIds, inUse) {
    const rows = await db.query<{ id: string }>(
      `select t.id from unnest($1::text[]) as t (id)
        where not exists (
          select from notify.dead_number n
           where n.task_id = t.id
             and (n.address_hash = any($2)
                  or exists (select from command.work_card c where c.phone_hashes @> array[n.address_hash] and not c.record ? 'withdrawn')
                  or exists (select from command.household_card c where c.phone_hashes @> array[n.address_hash] and not c.record ? 'withdrawn')))`,
      [[...taskIds], inUse.map((phone) => key.lookupHash(normalPhone(phone)))],
    );
    return rows.map(({ id }) => id);
  },
});
