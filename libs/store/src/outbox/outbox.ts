import type { AckState, Clock, DeliveryStatus, DeliverySummary } from '#libs/contracts';
import type { Outbox } from '#libs/notify';
import type { DataKey } from '#libs/platform';
import type { Database, Sql } from '../sql/database.js';
import { awaitingReceipt, claim, claimUnknown, takeTurns } from './outbox-lease.js';
import { abandon, reap } from './outbox-reap.js';
import { receive } from './outbox-receipt.js';
import { Settler } from './outbox-settle.js';

/** The outbox on PostgreSQL (notify.md §5.2). Intents enter through the ledger. */
export function pgOutbox(db: Database, key: DataKey, clock: Clock): Outbox {
  const settler = new Settler(db, key, clock);
  return {
    claim: (owner, limit, leaseMs, maxPriority, channel) =>
      claim(db, key, { owner, limit, leaseMs, now: clock.now(), maxPriority, channel }),
    takeTurns: (calls, windows) => takeTurns(db, key, calls, windows),
    claimUnknown: (owner, limit, leaseMs) => claimUnknown(db, key, owner, limit, leaseMs, clock.now()),
    settle: (id, owner, settlement) => settler.settle({ id, owner, settlement }),
    receive: (receipt) => receive(db, key, receipt, clock.now()),
    acknowledge: (id, ack, at) => acknowledge(db, id, ack, at),
    awaitingReceipt: (limit, againMs) => awaitingReceipt(db, key, limit, againMs, clock.now()),
    summary: (warningId) => summary(db, warningId),
    reap: () => reap(db, key, clock.now()),
    abandon: (ownerPrefix) => abandon(db, ownerPrefix),
  };
}

/** A plain "read" never replaces what a person told us (`help`, `safe`, `visited`). */
async function acknowledge(db: Sql, id: string, ack: AckState, at: number): Promise<void> {
  await db.run(
    `with answered as (
       update notify.delivery set ack = $2, ack_at = $3 where id = $1 and not ($2 in ('none', 'ack') and ack in ('help', 'safe', 'visited'))
       returning id, status
     )
     insert into notify.delivery_event (delivery_id, from_status, to_status, source, raw)
     select id, status, status, 'operator', jsonb_build_object('ack', $2::text) from answered`,
    [id, ack, new Date(at)],
  );
}

async function summary(db: Sql, warning: string): Promise<DeliverySummary> {
  const rows = await db.query<{ status: DeliveryStatus; total: number; acknowledged: number }>(
    `select status, count(*) as total, count(*) filter (where ack <> 'none') as acknowledged
       from notify.delivery where warning_id = $1 group by status`,
    [warning],
  );
  const sum = (pick: (row: (typeof rows)[number]) => number): number => rows.reduce((total, row) => total + pick(row), 0);
  return {
    warning,
    total: sum((row) => row.total),
    byStatus: Object.fromEntries(rows.map((row) => [row.status, row.total])),
    acknowledged: sum((row) => row.acknowledged),
  };
}
