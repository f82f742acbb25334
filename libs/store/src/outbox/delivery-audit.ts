import { MINUTE, SECOND, type DeliveryFault, type DeliveryFaultKind } from '#libs/contracts';
import type { DeliveryAudit } from '#libs/notify';
import { at, type Sql } from '../sql/database.js';
import type { BookedDelivery } from '../journal/records.js';

/** A red message waits for a worker at most this long (notify.md §5.6). Less calls every pause of the machine a fault. */
const RED_WAITS_MS = 5 * SECOND;
/** Something happens to every open message within this; five seconds for the look itself. */
const NEXT_STEP_MS = MINUTE + 5 * SECOND;
/** Past its deadline a message ends within this (notify.md §6). */
const OVERDUE_MS = MINUTE;
/** Fewer messages without a receipt prove nothing. */
const RECEIPTS_OF = 10;

/** Our own reasons not to send: put off again and again, a message with one of these looks busy and goes nowhere. */
const NO_WAY = ['no-driver', 'all-circuits-open'];

/**
 * What has stopped, from the open deliveries alone: their indexes are small whatever the history holds. Receipts by blocks of time. Leases are in the time of the database,
 * everything else in the station's, as where they are written.
 */
export const pgDeliveryAudit = (db: Sql): DeliveryAudit => ({
  async faults(now) {
    const rows = await db.query<{ kind: DeliveryFaultKind; warning: string; count: number }>(
      // One branch for each partial index: together they are what is open.
      `with open as (
         select * from notify.delivery where status = 'pending'
         union all select * from notify.delivery where status = 'unknown'
         union all select * from notify.delivery where status in ('sending', 'recon')
         union all select * from notify.delivery where status in ('accepted', 'sent')
       ), found as (
         select 'red-waiting' as kind, warning_id from open
          where status = 'pending' and priority = 0 and created_at < $1::timestamptz - $2 * interval '1 millisecond'
            and (not_before < $1::timestamptz - $2 * interval '1 millisecond' or error->>'code' = any($5))
         union all
         select 'no-next-step', warning_id from open
          where status in ('pending', 'unknown') and priority <= 1 and not superseded
            and not_before > $1::timestamptz + $3 * interval '1 millisecond'
         union all
         select 'lease-over', warning_id from open
          where status in ('sending', 'recon') and lease_until < now() - $2 * interval '1 millisecond'
         union all
         select 'overdue', warning_id from open where deadline < $1::timestamptz - $4 * interval '1 millisecond'
       )
       select kind, warning_id as warning, count(*) as count from found group by kind, warning_id
       union all
       select 'no-receipts', max(warning_id), count(*) from notify.delivery d
        where accepted_at between $1::timestamptz - interval '10 minutes' and $1::timestamptz - interval '2 minutes' and provider is not null
          and exists (select from notify.delivery e where e.provider = d.provider and e.delivered_at > $1::timestamptz - interval '1 day' and e.delivered_at > e.accepted_at)
        group by provider having count(*) >= $6 and count(*) filter (where delivered_at is not null or failed_at is not null) = 0`,
      [at(now), RED_WAITS_MS, NEXT_STEP_MS, OVERDUE_MS, NO_WAY, RECEIPTS_OF],
    );
    return rows;
  },
});

const open = new Set(['pending', 'unknown', 'sending', 'recon', 'accepted', 'sent']);

/** The same of what the journal holds. Receipts are not judged: the provider's way in may be away with the database. */
export function journalFaults(deliveries: Iterable<BookedDelivery>, now: number): DeliveryFault[] {
  const found = new Map<string, DeliveryFault>();
  const add = (kind: DeliveryFaultKind, warning: string): void => {
    const known = found.get(`${kind} ${warning}`) ?? { kind, warning, count: 0 };
    found.set(`${kind} ${warning}`, { ...known, count: known.count + 1 });
  };
  for (const { intent, state } of deliveries) {
    const { status, notBefore } = state;
    const stuck = notBefore < now - RED_WAITS_MS || NO_WAY.includes(state.error?.code ?? '');
    if (status === 'pending' && intent.priority === 0 && intent.createdAt < now - RED_WAITS_MS && stuck)
      add('red-waiting', intent.warningId);
    if ((status === 'pending' || status === 'unknown') && intent.priority <= 1 && !state.superseded && notBefore > now + NEXT_STEP_MS)
      add('no-next-step', intent.warningId);
    if ((status === 'sending' || status === 'recon') && (state.leaseUntil ?? 0) < now - RED_WAITS_MS) add('lease-over', intent.warningId);
    if (open.has(status) && intent.deadline < now - OVERDUE_MS) add('overdue', intent.warningId);
  }
  return [...found.values()];
}
