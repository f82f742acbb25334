import { alternativeAfter, deliveryRank, needsPerson, toIso, type DeliveryStatus } from '#libs/contracts';
import type { Receipt, Reported } from '#libs/notify';
import type { DataKey } from '#libs/platform';
import type { Database, Sql } from '../sql/database.js';
import { intentOf, type DeliveryRow } from './delivery-row.js';
import { writeDeliveries } from './delivery-write.js';
import { markAlive, markDead } from './outbox-settle.js';

/**
 * How long a receipt nobody knows yet is kept. Shorter than a send takes to be settled (seconds) loses receipts that
 * overtook their answer; much longer collects receipts of messages that were never ours.
 */
const ORPHAN_MINUTES = 10;

/** A delivery as it was found. `stale`: a later message of its warning and scope exists, or it was withdrawn. */
type Found = DeliveryRow & { stale: boolean };

/** Applies a receipt, or parks it when its delivery is not known yet. */
export async function receive(db: Database, key: DataKey, receipt: Receipt, now: number): Promise<Reported | undefined> {
  return db.tx(async (sql) => {
    const found = await find(sql, receipt);
    if (!found) {
      await sql.run('insert into notify.orphan_receipt (provider, provider_id, out_id, status, code, at) values ($1, $2, $3, $4, $5, $6)', [
        receipt.provider,
        receipt.providerId ?? null,
        receipt.outId ?? null,
        receipt.status,
        receipt.code,
        toIso(receipt.at),
      ]);
      return undefined;
    }
    await apply(sql, key, found, receipt, now);
    return { deliveryId: found.id, warningId: found.warning_id, exercise: found.exercise };
  });
}

/** By our own id first; by the provider's where the provider does not echo ours. */
async function find(sql: Sql, { outId, provider, providerId }: Receipt): Promise<Found | undefined> {
  const one = async (where: string, params: readonly unknown[]) =>
    (
      await sql.query<Found>(
        `select d.*, d.superseded or exists (select from notify.delivery n
            where n.warning_id = d.warning_id and n.scope = d.scope and n.version > d.version) as stale
           from notify.delivery d where ${where} limit 1 for update of d`,
        params,
      )
    )[0];
  const byOutId = outId === undefined ? undefined : await one('out_id = $1', [outId]);
  if (byOutId || providerId === undefined) return byOutId;
  return one('provider = $1 and provider_id = $2', [provider, providerId]);
}

/** Raises the status, never lowers it; `delivered` after `failed` or `expired` is the truth arriving late. */
async function apply(sql: Sql, key: DataKey, found: Found, receipt: Receipt, now: number): Promise<void> {
  const intent = intentOf(key, found);
  const errorClass = receipt.errorClass ?? 'UNREACHED';
  const instead = receipt.status === 'failed' && !found.stale ? alternativeAfter(intent, errorClass, now) : undefined;
  const failed: DeliveryStatus = instead || found.stale || !needsPerson(intent) ? 'failed_perm' : 'manual_task';
  const status: DeliveryStatus = receipt.status === 'delivered' ? 'delivered' : failed;
  if (deliveryRank[status] <= deliveryRank[found.status]) return;
  await sql.run(
    `with raised as (
       update notify.delivery set status = $2, lease_owner = null, lease_until = null, provider = coalesce(provider, $3),
         provider_id = coalesce(provider_id, $4),
         accepted_at = coalesce(accepted_at, $5),
         delivered_at = case when $2 = 'delivered' then $5::timestamptz end,
         failed_at = case when $2 = 'delivered' then null else $5::timestamptz end,
         error = case when $2 = 'delivered' then null else jsonb_build_object('class', $8::text, 'code', $6::text, 'message', '') end
       where id = $1 returning id
     )
     insert into notify.delivery_event (delivery_id, from_status, to_status, source, raw)
     select id, $7, $2, 'callback', jsonb_build_object('provider', $3::text, 'code', $6::text) from raised`,
    [found.id, status, receipt.provider, receipt.providerId ?? null, toIso(receipt.at), receipt.code, found.status, errorClass],
  );
  if (status === 'delivered') await arrived(sql, found);
  else {
    await writeDeliveries(sql, key, instead ? [instead] : []);
    if (errorClass === 'RECIPIENT_PERM') await markDead(sql, found.id, receipt.provider, receipt.code);
  }
}

/** Somebody was reached: what still waits in this delivery's place is not sent, and its number is not dead. */
async function arrived(sql: Sql, found: Found): Promise<void> {
  await sql.run(
    `with open as (
       update notify.delivery set status = 'cancelled' where instead_of = $1 and id <> $2 and status = 'pending' returning id, division_code
     )
     insert into notify.delivery_event (delivery_id, from_status, to_status, source, division_code, raw)
     select id, 'pending', 'cancelled', 'callback', division_code, '{"reason":"reached"}' from open`,
    [found.instead_of ?? found.id, found.id],
  );
  await markAlive(sql, found.id);
}

/** Tries parked receipts again and drops those older than ten minutes. Answers the warnings whose deliveries they told of. */
export async function retryOrphans(db: Database, key: DataKey, now: number): Promise<string[]> {
  if ((await db.query('select from notify.orphan_receipt limit 1')).length === 0) return [];
  return db.tx(async (sql) => {
    await sql.run(`delete from notify.orphan_receipt where received_at < now() - $1 * interval '1 minute'`, [ORPHAN_MINUTES]);
    const orphans = await sql.query<Orphan>('select * from notify.orphan_receipt order by id limit 1000 for update skip locked');
    const warnings: string[] = [];
    for (const orphan of orphans) {
      const receipt = receiptOf(orphan);
      const found = await find(sql, receipt);
      if (!found) continue;
      await apply(sql, key, found, receipt, now);
      await sql.run('delete from notify.orphan_receipt where id = $1', [orphan.id]);
      warnings.push(found.warning_id);
    }
    return warnings;
  });
}

interface Orphan {
  id: number;
  provider: string;
  provider_id: string | null;
  out_id: string | null;
  status: Receipt['status'];
  code: string;
  at: number;
}
const receiptOf = (orphan: Orphan): Receipt => ({
  provider: orphan.provider,
  ...(orphan.provider_id === null ? {} : { providerId: orphan.provider_id }),
  ...(orphan.out_id === null ? {} : { outId: orphan.out_id }),
  status: orphan.status,
  code: orphan.code,
  at: orphan.at,
});
