import { normalPhone, Problem, toIso } from '#libs/contracts';
import type { Outbox } from '#libs/notify';
import type { DataKey, Journal, Logger } from '#libs/platform';
import type { Database, Sql } from '../sql/database.js';
import { writeDownlink } from '../registry/device-downlink.js';
import { DataRefused } from '../sql/errors.js';
import type { PgLedger } from '../ledger/ledger.js';
import { markAlive, markDead } from '../outbox/outbox-settle.js';
import { SECTION, unseal, type CallTurn, type JournalledRecord, type Step } from './records.js';
import { REFUSED_SECTION } from './refused.js';

export interface DrainTarget {
  db: Database;
  ledger: PgLedger;
  outbox: Outbox;
  dataKey: DataKey;
  logger: Logger;
  /** Throws when draining has to end here. */
  stillThere?: () => void;
  /** A record was refused for good. */
  refused?: () => void;
}

/**
 * Brings what the journal holds into PostgreSQL, oldest first, and removes each record once it is committed there. Nobody
 * may work from either outbox meanwhile. Broken off at any point and begun again it ends the same: every write is idempotent.
 * @returns how many records were drained
 * @throws StoreAway when the database goes away again, or the station stops; what was not drained is still in the journal
 */
export async function drainLedger(journal: Journal, target: DrainTarget): Promise<number> {
  let drained = 0;
  for await (const { position, bytes } of journal.read(SECTION)) {
    target.stillThere?.();
    try {
      await bringIn(unseal(target.dataKey, bytes), position, target);
    } catch (error) {
      if (!(error instanceof DataRefused || error instanceof Problem)) throw error;
      await journal.append(REFUSED_SECTION, bytes);
      target.refused?.();
      target.logger.error({ err: error, position }, 'the database refuses a record of the journal: it is kept there, in section "refused"');
    }
    await journal.remove(SECTION, position);
    drained += 1;
  }
  return drained;
}

async function bringIn(record: JournalledRecord, position: number, { db, ledger, outbox, dataKey }: DrainTarget): Promise<void> {
  if (record.kind === 'entry') await ledger.restore(record.entry, record.events);
  else if (record.kind === 'downlink') await writeDownlink(db, record.write);
  else if (record.kind === 'orphan') await outbox.receive(record.receipt);
  else if (record.kind === 'turns') await writeTurns(db, dataKey, record.turns);
  else await db.tx((sql) => writeSteps(sql, record.steps, position));
}

/** A call drained twice only makes the next one wait longer. */
async function writeTurns(db: Sql, key: DataKey, turns: readonly CallTurn[]): Promise<void> {
  for (const { id, address, at } of turns)
    await db.run('insert into notify.call_turn (address_hash, delivery_id, at) values ($1, $2, $3)', [
      key.lookupHash(normalPhone(address)),
      id,
      toIso(at),
    ]);
}

/** A step never lowers what has ended in the database: a receipt that came there is newer than the journal. */
async function writeSteps(sql: Sql, steps: readonly Step[], position: number): Promise<void> {
  for (const [n, { id, from, to, source, at }] of steps.entries()) {
    await sql.run(
      `update notify.delivery set status = $2, superseded = superseded or $3, attempts = greatest(attempts, $4), not_before = $5,
         lease_owner = $6, lease_until = $7, provider = coalesce($8, provider), provider_id = coalesce($9, provider_id), error = $10,
         ack = $11, ack_at = $12, sending_at = coalesce(sending_at, $13), accepted_at = coalesce(accepted_at, $14), delivered_at = $15, failed_at = $16
       where id = $1 and (status in ('pending', 'sending', 'unknown', 'recon', 'accepted', 'sent') or (status <> 'delivered' and $2 = 'delivered'))`,
      [
        id,
        to.status,
        to.superseded,
        to.attempts,
        toIso(to.notBefore),
        to.leaseOwner,
        iso(to.leaseUntil),
        to.provider,
        to.providerId,
        to.error ? JSON.stringify(to.error) : null,
        to.ack,
        iso(to.ackAt),
        iso(to.sendingAt),
        iso(to.acceptedAt),
        iso(to.deliveredAt),
        iso(to.failedAt),
      ],
    );
    if (to.status === 'delivered') await markAlive(sql, id);
    if (to.error?.class === 'RECIPIENT_PERM') await markDead(sql, id, to.provider ?? '', to.error.code);
    await sql.run(
      `insert into notify.delivery_event (id, delivery_id, at, from_status, to_status, source, raw)
       values ($1, $2, $3, $4, $5, $6, $7) on conflict (id) do nothing`,
      [
        `journal:${position}:${n}:${id}`,
        id,
        toIso(at),
        from,
        to.status,
        source,
        JSON.stringify({ provider: to.provider, error: to.error }),
      ],
    );
  }
}

const iso = (ms: number | null): string | null => (ms === null ? null : toIso(ms));
