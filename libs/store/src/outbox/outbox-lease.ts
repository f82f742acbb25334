import { normalPhone, SECOND, type CallWindow, type DeliveryChannel } from '#libs/contracts';
import type { AwaitingReceipt, ClaimedDelivery } from '#libs/notify';
import type { DataKey } from '#libs/platform';
import { at, type Sql } from '../sql/database.js';
import { intentOf, openAddress, type DeliveryRow } from './delivery-row.js';

/**
 * Leases are in the time of the database: workers' clocks differ, and one judged by two clocks is held by two owners. When a delivery is due and
 * until when it may be sent was said by the station's clock, and is judged by it: `now`, epoch ms. Otherwise a red one would wait out the difference.
 */

interface ClaimedRow extends DeliveryRow {
  last_hour: number;
  same_template: number;
  said_at: number | null;
  other_at: number | null;
  earlier: string[] | null;
}

/**
 * Leases pending deliveries that are due (notify.md §5.2, Claim), each with what its address has had within a day. What was never put off is due
 * even when the station's clock was put back since (up to 15 minutes; further would read through everything that waits for the morning).
 */
export async function claim(
  db: Sql,
  key: DataKey,
  lease: { owner: string; limit: number; leaseMs: number; now: number; maxPriority?: number; channel?: DeliveryChannel },
): Promise<ClaimedDelivery[]> {
  const rows = await db.query<ClaimedRow>(
    `with due as (
       select id from notify.delivery
        where status = 'pending' and not_before <= $5::timestamptz + interval '15 minutes' and (not_before <= $5 or not_before = created_at)
          and deadline > $5 and priority <= $4 and ($6::text is null or channel = $6)
        order by priority, not_before, id limit $2 for update skip locked
     ), taken as (
       update notify.delivery d set status = 'sending', attempts = attempts + 1, provider = null, lease_owner = $1,
              lease_until = now() + $3 * interval '1 millisecond', sending_at = coalesce(sending_at, now())
         from due where d.id = due.id returning d.*
     ), told as (
       insert into notify.delivery_event (delivery_id, from_status, to_status, source, division_code, raw)
       select id, 'pending', status, 'worker', division_code, jsonb_build_object('owner', lease_owner, 'attempt', attempts) from taken
     )
     select taken.*, had.* from taken cross join lateral (
       select count(*) filter (where o.sending_at > now() - interval '1 hour') as last_hour,
              count(*) filter (where o.channel = taken.channel and o.template = taken.template) as same_template,
              max(o.sending_at) filter (where o.site = taken.site and o.channel = taken.channel and o.recipient = taken.recipient
                and o.content = taken.content and o.level = taken.level) as said_at,
              max(o.sending_at) filter (where o.site = taken.site and o.channel = taken.channel and o.recipient = taken.recipient
                and (o.content is distinct from taken.content or o.level <> taken.level)) as other_at,
              array_agg(o.out_id order by o.version) filter (where o.warning_id = taken.warning_id and o.scope = taken.scope
                and o.version < taken.version) as earlier
         from notify.delivery o
        where o.address_hash = taken.address_hash and o.sending_at > now() - interval '24 hours' and o.id <> taken.id
          and o.status not in ('pending', 'suppressed', 'cancelled')
     ) had order by priority, not_before, id`,
    [lease.owner, lease.limit, lease.leaseMs, lease.maxPriority ?? 9, at(lease.now), lease.channel ?? null],
  );
  return rows.map((row) => ({
    ...claimedOf(key, row),
    history: {
      lastHour: row.last_hour,
      sameTemplate: row.same_template,
      saidAt: (row.said_at ?? 0) > (row.other_at ?? 0) ? row.said_at : null,
      earlier: row.earlier ?? [],
    },
  }));
}

/** Leases deliveries of unknown outcome, to ask the provider. A lease that ran out is an unknown outcome. */
export async function claimUnknown(
  db: Sql,
  key: DataKey,
  owner: string,
  limit: number,
  leaseMs: number,
  now: number,
): Promise<ClaimedDelivery[]> {
  const rows = await db.query<DeliveryRow>(
    `with due as (
       select id, status from notify.delivery
        where (status = 'unknown' and not_before <= $4) or (status in ('sending', 'recon') and lease_until <= now())
        order by priority, not_before, id limit $2 for update skip locked
     ), taken as (
       update notify.delivery d set status = 'recon', lease_owner = $1, lease_until = now() + $3 * interval '1 millisecond'
         from due where d.id = due.id returning d.*
     ), told as (
       insert into notify.delivery_event (delivery_id, from_status, to_status, source, raw)
       select due.id, due.status, 'recon', 'worker', jsonb_build_object('owner', $1::text) from due
     )
     select * from taken order by priority, not_before, id`,
    [owner, limit, leaseMs, at(now)],
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

/** Registers a call to each number whose windows have room; in the order of the hashes, so that two workers never wait for one another. */
export async function takeTurns(
  db: Sql,
  key: DataKey,
  calls: readonly Pick<ClaimedDelivery, 'id' | 'address'>[],
  windows: readonly CallWindow[],
): Promise<number[]> {
  const rows = await db.query<{ id: string; wait: number }>(
    `select id, notify.take_turn(hash, id, $3, $4) as wait
       from (select * from unnest($1::text[], $2::text[]) as c (id, hash) order by hash, id) as calls`,
    [
      calls.map(({ id }) => id),
      calls.map(({ address }) => key.lookupHash(normalPhone(address))),
      windows.map(({ ms }) => ms / SECOND),
      windows.map(({ most }) => most),
    ],
  );
  const waits = new Map(rows.map(({ id, wait }) => [id, Math.ceil(wait * SECOND)]));
  return calls.map(({ id }) => waits.get(id) ?? 0);
}

/** Accepted deliveries to ask the provider about; each one's next turn is put off. */
export async function awaitingReceipt(
  db: Sql,
  key: DataKey,
  limit: number,
  againMs: { red: number; other: number },
  now: number,
): Promise<AwaitingReceipt[]> {
  const rows = await db.query<DeliveryRow>(
    `with due as (
       select id from notify.delivery
        where status in ('accepted', 'sent') and not_before <= $4 and deadline > $4 and provider is not null
        order by priority, not_before, id limit $1 for update skip locked
     ), put_off as (
       update notify.delivery d set not_before = $4::timestamptz + case when priority = 0 then $2::float8 else $3::float8 end * interval '1 millisecond'
         from due where d.id = due.id returning d.*
     )
     select * from put_off order by priority, id`,
    [limit, againMs.red, againMs.other, at(now)],
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
