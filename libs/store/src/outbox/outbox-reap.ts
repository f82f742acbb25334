import { kindsWithoutTask } from '#libs/contracts';
import type { DataKey } from '#libs/platform';
import { at, type Database } from '../sql/database.js';
import { retryOrphans } from './outbox-receipt.js';

/**
 * How long after its deadline an accepted delivery may still be reported on before it ends as `expired`. Zero would end
 * messages whose receipt is on its way; more leaves a warning's account open (notify.md §6: nothing open at deadline + 60 s).
 */
const RECEIPT_GRACE_SECONDS = 30;

/**
 * What time alone changes; who becomes a person's task is `needsPerson` of libs/contracts. Run every second.
 * @param now by the station's clock, which said the deadlines; leases are in the database's time
 */
export async function reap(db: Database, key: DataKey, now: number): Promise<{ unknown: number; expired: number; warnings: string[] }> {
  const rows = await db.query<{ warning_id: string; status: string }>(
    `with late as (
       select id, status from notify.delivery
        where (status in ('sending', 'recon') and lease_until <= now())
           or (status = 'pending' and deadline <= $2)
           or (status in ('accepted', 'sent') and deadline <= $2::timestamptz - $1 * interval '1 second')
        order by id limit 10000 for update skip locked
     ), ended as (
       update notify.delivery d set
         status = case when d.status in ('sending', 'recon') then 'unknown'
                       when d.status = 'pending' and d.priority <= 1 and d.kind <> all($3) and (d.channel = 'sms' or d.instead_of is not null)
                       then 'manual_task' else 'expired' end,
         lease_owner = null, lease_until = null,
         not_before = case when d.status in ('sending', 'recon') then $2 else d.not_before end,
         failed_at = case when d.status in ('sending', 'recon') then d.failed_at else now() end
       from late where d.id = late.id returning d.id, d.warning_id, late.status as was, d.status
     ), told as (
       insert into notify.delivery_event (delivery_id, from_status, to_status, source) select id, was, status, 'reaper' from ended
     )
     select warning_id, status from ended`,
    [RECEIPT_GRACE_SECONDS, at(now), [...kindsWithoutTask]],
  );
  const told = await retryOrphans(db, key, now);
  const unknown = rows.filter((row) => row.status === 'unknown').length;
  return { unknown, expired: rows.length - unknown, warnings: [...new Set([...rows.map((row) => row.warning_id), ...told])] };
}

/** Leases of a process that is gone end now; the next `reap` makes them `unknown`, and the provider is asked. */
export async function abandon(db: Database, ownerPrefix: string): Promise<number> {
  const rows = await db.query<{ id: string }>(
    `update notify.delivery set lease_until = now() where status in ('sending', 'recon') and starts_with(lease_owner, $1) returning id`,
    [ownerPrefix],
  );
  return rows.length;
}
