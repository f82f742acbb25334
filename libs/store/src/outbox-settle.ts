import type { Settlement } from '#libs/notify';
import { redactPhones } from '#libs/platform';
import { at, type Sql } from './database.js';

/**
 * Ends a lease with its outcome. Fenced: only while `owner` still holds it. A superseded delivery is never made
 * `pending` again: it ends as `cancelled`, because sending it after its successor would contradict the successor.
 */
export async function settle(db: Sql, id: string, owner: string, settlement: Settlement, now: number): Promise<boolean> {
  const error = settlement.error ? { ...settlement.error, message: redactPhones(settlement.error.message) } : null;
  const rows = await db.query<{ delivery_id: string }>(
    `with held as (
       select id, status from notify.delivery where id = $1 and lease_owner = $2 and status in ('sending', 'recon') for update
     ), done as (
       update notify.delivery d set
         status = case when $3 = 'pending' and d.superseded then 'cancelled' else $3 end,
         lease_owner = null, lease_until = null,
         provider = coalesce($4, d.provider), provider_id = coalesce($5, d.provider_id), error = $6::jsonb,
         not_before = coalesce($8::timestamptz + $7::float8 * interval '1 millisecond', d.not_before),
         accepted_at = case when $3 in ('accepted', 'sent', 'delivered') then coalesce(d.accepted_at, now()) else d.accepted_at end,
         delivered_at = case when $3 = 'delivered' then now() else d.delivered_at end,
         failed_at = case when $3 in ('failed_temp', 'failed_perm', 'expired') then now() else d.failed_at end
       from held where d.id = held.id returning d.id, held.status as was, d.status
     )
     insert into notify.delivery_event (delivery_id, from_status, to_status, source, raw)
     select id, was, status, case was when 'recon' then 'poller' else 'worker' end,
            jsonb_strip_nulls(jsonb_build_object('owner', $2::text, 'provider', $4::text, 'providerId', $5::text, 'error', $6::jsonb))
       from done returning delivery_id`,
    [
      id,
      owner,
      settlement.status,
      settlement.provider ?? null,
      settlement.providerId ?? null,
      error ? JSON.stringify(error) : null,
      settlement.delayMs ?? null,
      at(now),
    ],
  );
  return rows.length === 1;
}
