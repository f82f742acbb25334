import { DAY, toIso, type SystemAlarm, type WallEventDraft } from '#libs/contracts';
import { hashId } from '#libs/platform';
import { auditWriter } from '../ledger/audit.js';
import type { Database } from '../sql/database.js';
import { lastEventSeq, placeEvents } from '../ledger/event.js';
import { runAll } from '../sql/statement.js';

/**
 * Numbers of events and readings the lost time may have given away. A client that saw event n of the lost history must never take a new
 * event n for it: fewer than were really written would do just that; more costs nothing, numbers reach 2^53.
 */
const SEQ_GAP = 1_000_000;

/**
 * What a database brought back to an earlier moment must forget before a station works on it. Messages that were waiting or
 * under way then may have been sent since: each becomes `unknown`, so that the provider is asked before anything is sent again
 * (promise 4). Sessions end. The event that says so takes a number far beyond those of the lost time.
 */
export async function aftercare(db: Database, restored: { at: number; to: string }): Promise<{ deliveries: number }> {
  return db.tx(async (sql) => {
    const unknown = await sql.query<{ id: string; before: string }>(
      `update notify.delivery d set status = 'unknown', lease_owner = null, lease_until = null, not_before = now()
         from (select id, status from notify.delivery where status in ('pending', 'sending', 'recon')) b
        where b.id = d.id returning d.id, b.status as before`,
    );
    await sql.run(
      `insert into notify.delivery_event (id, delivery_id, from_status, to_status, source, raw)
       select $3 || e.id, e.id, e.before, 'unknown', 'operator', jsonb_build_object('restoredTo', $4::text)
         from unnest($1::text[], $2::text[]) e (id, before) on conflict do nothing`,
      [unknown.map(({ id }) => id), unknown.map(({ before }) => before), `restored-${restored.at}-`, restored.to],
    );
    await sql.run('delete from command.session');
    // The journal of a station that lived on, and marks of judgement, may know seqs of the lost time.
    await sql.run(
      `insert into ingest.store_time (stored_at, first_seq, last_seq)
       select now(), last + $1, last + $1 from (select greatest((select max(last_seq) from ingest.store_time), (select max(judged_to) from evaluate.mark),
         (select max(seq) from ingest.reading_row), 0) as last) known`,
      [SEQ_GAP],
    );
    const id = hashId(24, 'restored', restored.at);
    const text = {
      zh: `系统已恢复至 ${restored.to}，其后的记录已不存在`,
      en: `The system was restored to ${restored.to}; what was recorded later is gone`,
    };
    const payload: SystemAlarm = { code: 'restored', level: 'orange', standing: true, until: toIso(restored.at + DAY), text };
    const event: WallEventDraft = { id, type: 'system.alarm', at: restored.at, divisionCode: '', payload };
    await runAll(sql, [placeEvents([event], (await lastEventSeq(sql)) + SEQ_GAP)]);
    await auditWriter(db).append(sql, [
      {
        id,
        at: restored.at,
        actor: 'operator',
        action: 'store.restored',
        object: 'database',
        detail: { to: restored.to, deliveries: unknown.length },
      },
    ]);
    return { deliveries: unknown.length };
  });
}
