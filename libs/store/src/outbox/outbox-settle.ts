import type { Settlement } from '#libs/notify';
import { redactPhones, type DataKey } from '#libs/platform';
import { toIso, type Clock } from '#libs/contracts';
import type { Database, Sql } from '../sql/database.js';
import { writeDeliveries } from './delivery-write.js';
import { StoreAway } from '../sql/errors.js';

interface Ask {
  id: string;
  owner: string;
  settlement: Settlement;
}
interface Waiting extends Ask {
  done: (kept: boolean) => void;
  failed: (error: unknown) => void;
}

/** Settlements one statement takes: a larger one would only lengthen the wait of those behind it. */
const MOST = 256;

/**
 * Settlements of many messages in one commit: while one is on its way to the disk, those that come wait together for the next. At thousands a
 * second a commit each would cost more than everything else; alone, one leaves at once.
 */
export class Settler {
  #waiting: Waiting[] = [];
  #running = false;

  constructor(
    private readonly db: Database,
    private readonly key: DataKey,
    private readonly clock: Clock,
  ) {}

  /** @throws StoreAway; then it is not known whether it was kept, and asking again is harmless */
  settle(ask: Ask): Promise<boolean> {
    return new Promise((done, failed) => {
      this.#waiting.push({ ...ask, done, failed });
      if (!this.#running) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#waiting.length > 0) await this.#commit(this.#waiting.splice(0, MOST));
    this.#running = false;
  }

  async #commit(batch: readonly Waiting[]): Promise<void> {
    try {
      const kept = await settleAll(this.db, this.key, batch, this.clock.now());
      for (const { id, owner, done } of batch) done(kept.has(`${owner} ${id}`));
    } catch (error) {
      // What one of them says can't be stored: the others must not suffer for it.
      if (batch.length > 1 && !(error instanceof StoreAway)) for (const one of batch) await this.#commit([one]);
      else for (const { failed } of batch) failed(error);
    }
  }
}

/**
 * Ends leases with their outcomes. Fenced: only while `owner` still holds one. A superseded delivery is never made `pending` again: it ends
 * as `cancelled`, because sending it after its successor would contradict the successor; for the same reason nothing goes in its place.
 * @returns `owner id` of what was kept
 */
async function settleAll(db: Database, key: DataKey, asks: readonly Ask[], now: number): Promise<Set<string>> {
  const statement = (sql: Sql) => settleRows(sql, asks, now);
  const more = asks.some(({ settlement }) => settlement.instead !== undefined || settlement.error?.class === 'RECIPIENT_PERM');
  if (!more) return new Set((await statement(db)).map(({ owner, id }) => `${owner} ${id}`));
  return db.tx(async (sql) => {
    const rows = await statement(sql);
    const kept = new Set(rows.map(({ owner, id }) => `${owner} ${id}`));
    const live = new Set(rows.filter(({ superseded }) => !superseded).map(({ owner, id }) => `${owner} ${id}`));
    const instead = asks.flatMap(({ owner, id, settlement }) =>
      settlement.instead && live.has(`${owner} ${id}`) ? [settlement.instead] : [],
    );
    await writeDeliveries(sql, key, instead);
    for (const { owner, id, settlement } of asks)
      if (settlement.error?.class === 'RECIPIENT_PERM' && kept.has(`${owner} ${id}`))
        await markDead(sql, id, settlement.provider ?? '', settlement.error.code);
    return kept;
  });
}

interface SettledRow {
  id: string;
  owner: string;
  superseded: boolean;
}

function settleRows(sql: Sql, asks: readonly Ask[], now: number): Promise<SettledRow[]> {
  return sql.query<SettledRow>(
    `with given as (
       select * from json_to_recordset($1::json) as g (id text, owner text, status text, provider text, provider_id text, error jsonb,
         delay float8, unsent boolean)
     ), held as (
       select d.id, d.status as was, g.owner, g.status, g.provider, g.provider_id, g.error, g.delay, g.unsent
         from given g join notify.delivery d on d.id = g.id and d.lease_owner = g.owner and d.status in ('sending', 'recon')
        order by d.id for update of d
     ), done as (
       update notify.delivery d set
         status = case when g.status = 'pending' and d.superseded then 'cancelled' else g.status end,
         lease_owner = null, lease_until = null,
         provider = coalesce(g.provider, d.provider), provider_id = coalesce(g.provider_id, d.provider_id), error = g.error,
         attempts = d.attempts - g.unsent::int,
         sending_at = case when g.unsent and d.attempts <= 1 then null else d.sending_at end,
         not_before = coalesce($2::timestamptz + g.delay * interval '1 millisecond', d.not_before),
         accepted_at = case when g.status in ('accepted', 'sent', 'delivered') then coalesce(d.accepted_at, now()) else d.accepted_at end,
         delivered_at = case when g.status = 'delivered' then now() else d.delivered_at end,
         failed_at = case when g.status in ('failed_temp', 'failed_perm', 'manual_task', 'expired') then now() else d.failed_at end
       from held g where d.id = g.id
       returning d.id, g.owner, g.was, d.status, d.superseded, d.division_code, g.provider, g.provider_id, g.error
     ), told as (
       insert into notify.delivery_event (delivery_id, from_status, to_status, source, division_code, raw)
       select id, was, status, case was when 'recon' then 'poller' else 'worker' end, division_code,
              jsonb_strip_nulls(jsonb_build_object('owner', owner, 'provider', provider, 'providerId', provider_id, 'error', error))
         from done
     )
     select id, owner, superseded from done`,
    [JSON.stringify(asks.map(rowOf)), toIso(now)],
  );
}

const rowOf = ({ id, owner, settlement }: Ask) => ({
  id,
  owner,
  status: settlement.status,
  provider: settlement.provider ?? null,
  provider_id: settlement.providerId ?? null,
  error: settlement.error ? { ...settlement.error, message: redactPhones(settlement.error.message) } : null,
  delay: settlement.delayMs ?? null,
  unsent: settlement.unsent ?? false,
});

/** A message arrived: the number of the delivery is not dead. */
export async function markAlive(sql: Sql, id: string): Promise<void> {
  await sql.run('delete from notify.dead_number where address_hash = (select address_hash from notify.delivery where id = $1)', [id]);
}

/** Remembers the number of a delivery as one that no message reaches. */
export async function markDead(sql: Sql, id: string, provider: string, code: string): Promise<void> {
  await sql.run(
    `insert into notify.dead_number (address_hash, provider, code, delivery_id) select address_hash, $2, $3, id from notify.delivery where id = $1
       on conflict (address_hash) do update set provider = excluded.provider, code = excluded.code, delivery_id = excluded.delivery_id`,
    [id, provider, code],
  );
}
