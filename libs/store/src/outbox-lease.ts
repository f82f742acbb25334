import type { AwaitingReceipt, ClaimedDelivery } from '#libs/notify';
import type { DataKey } from '#libs/platform';
import type { Sql } from './database.js';
import { intentOf, openAddress, type DeliveryRow } from './delivery-row.js';

/** Every time below is the database's: workers' clocks differ, and a lease judged by two clocks is held by two owners. */

/** Leases pending deliveries that are due (notify.md §5.2, Claim). */
export async function claim(
  db: Sql,
  key: DataKey,
  owner: string,
  limit: number,
  leaseMs: number,
  maxPriority = 9,
): Promise<ClaimedDelivery[]> {
  const rows = await db.query<DeliveryRow>(
    `with due as (
       select id from notify.delivery
        where status = 'pending' and not_before <= now() and deadline > now() and priority <= $4
        order by priority, not_before, id limit $2 for update skip locked
     ), taken as (
       update notify.delivery d set status = 'sending', attempts = attempts + 1, lease_owner = $1,
              lease_until = now() + $3 * interval '1 millisecond', sending_at = coalesce(sending_at, now())
         from due where d.id = due.id returning d.*
     ), told as (
       insert into notify.delivery_event (delivery_id, from_status, to_status, source, raw)
       select id, 'pending', status, 'worker', jsonb_build_object('owner', lease_owner, 'attempt', attempts) from taken
     )
     select * from taken order by priority, not_before, id`,
    [owner, limit, leaseMs, maxPriority],
  );
  return rows.map((row) => claimedOf(key, row));
}

/** Leases deliveries of unknown outcome, to ask the provider. A lease that ran out is an unknown outcome. */
export async function claimUnknown(db: Sql, key: DataKey, owner: string, limit: number, leaseMs: number): Promise<ClaimedDelivery[]> {
  const rows = await db.query<DeliveryRow>(
    `with due as (
       select id, status from notify.delivery
        where (status = 'unknown' and not_before <= now()) or (status in ('sending', 'recon') and lease_until <= now())
        order by priority, not_before, id limit $2 for update skip locked
     ), taken as (
       update notify.delivery d set status = 'recon', lease_owner = $1, lease_until = now() + $3 * interval '1 millisecond'
         from due where d.id = due.id returning d.*
     ), told as (
       insert into notify.delivery_event (delivery_id, from_status, to_status, source, raw)
       select due.id, due.status, 'recon', 'worker', jsonb_build_object('owner', $1::text) from due
     )
     select * from taken order by priority, not_before, id`,
    [owner, limit, leaseMs],
  );
  return rows.map((row) => claimedOf(key, row));
}

const claimedOf = (key: DataKey, row: DeliveryRow): ClaimedDelivery => ({
  ...intentOf(key, row),
  attempts: row.attempts,
  status: row.status === 'recon' ? 'recon' : 'sending',
  provider: row.provider,
  providerId: row.provider_id,
  firstSentAt: row.sending_at,
});

/** Accepted deliveries to ask the provider about; each one's next turn is put off. */
export async function awaitingReceipt(
  db: Sql,
  key: DataKey,
  limit: number,
  againMs: { red: number; other: number },
): Promise<AwaitingReceipt[]> {
  const rows = await db.query<DeliveryRow>(
    `with due as (
       select id from notify.delivery
        where status in ('accepted', 'sent') and not_before <= now() and deadline > now() and provider is not null
        order by priority, not_before, id limit $1 for update skip locked
     ), put_off as (
       update notify.delivery d set not_before = now() + case when priority = 0 then $2::float8 else $3::float8 end * interval '1 millisecond'
         from due where d.id = due.id returning d.*
     )
     select * from put_off order by priority, id`,
    [limit, againMs.red, againMs.other],
  );
  return rows.map((row) => ({
    id: row.id,
    warningId: row.warning_id,
    outId: row.out_id,
    address: openAddress(key, row),
    priority: row.priority,
    provider: row.provider ?? '',
    providerId: row.provider_id,
    firstSentAt: row.sending_at ?? row.created_at,
    deadline: row.deadline,
  }));
}
