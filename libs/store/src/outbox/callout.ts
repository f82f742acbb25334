import { toIso, type CalloutCounts, type CalloutParty, type ReplyRecord } from '#libs/contracts';
import type { CalloutDelivery, CalloutStore, WholeCallout } from '#libs/notify';
import type { DataKey } from '#libs/platform';
import { openCallout, openParty, openReply, type SealedRow } from './callout-row.js';
import type { Sql } from '../sql/database.js';
import { pageInTime } from '../sql/record-page.js';

/** Call-outs, who has to answer them, and replies; written by the ledger only. */
export function pgCallouts(db: Sql, key: DataKey): CalloutStore {
  const whole = async (where: string, params: readonly unknown[]): Promise<WholeCallout[]> => {
    const callouts = await db.query<SealedRow & { id: string }>(
      `select id, record, personal from notify.callout where ${where} order by started_at, release_version, id`,
      params,
    );
    const parties = await db.query<SealedRow & { callout_id: string }>(
      'select callout_id, record, personal from notify.callout_party where callout_id = any($1) order by callout_id, place, id',
      [callouts.map(({ id }) => id)],
    );
    const byCallout = new Map<string, CalloutParty[]>(callouts.map(({ id }) => [id, []]));
    for (const row of parties) byCallout.get(row.callout_id)?.push(openParty(key, row));
    return callouts.map((row) => ({ callout: openCallout(key, row), parties: byCallout.get(row.id) ?? [] }));
  };

  return {
    recent: (since) => whole('ended_at is null or started_at > $1', [toIso(since)]),
    ofWarning: (warningId) => whole('warning_id = $1', [warningId]),
    households: (warningId) => households(db, warningId),

    async deliveries(warningId) {
      const rows = await db.query<DeliveryRow>(
        `select id, recipient, scope, version, channel, step, status, created_at, delivered_at
           from notify.delivery where warning_id = $1 order by created_at, id`,
        [warningId],
      );
      return rows.map(({ created_at: createdAt, delivered_at: deliveredAt, ...row }) => ({ ...row, createdAt, deliveredAt }));
    },

    async replies(warningId) {
      const rows = await db.query<SealedRow>('select record, personal from notify.reply where warning_id = $1 order by received_at, id', [
        warningId,
      ]);
      return rows.map((row) => openReply(key, row));
    },

    listReplies: ({ scope, warning, ...page }) =>
      pageInTime<SealedRow & { id: string; received_at: number }, ReplyRecord>(
        db,
        {
          table: 'notify.reply',
          columns: 'id, received_at, record, personal',
          time: 'received_at',
          where: 'starts_with(division_code, $1) and ($2::text is null or warning_id = $2)',
          values: [scope, warning ?? null],
        },
        page,
        (row) => openReply(key, row),
      ),

    async writtenBack(since) {
      const rows = await db.query<SealedRow & { received_at: number }>(
        'select received_at, record, personal from notify.reply where answered and received_at > $1 order by received_at',
        [toIso(since)],
      );
      return rows.map((row) => ({ phone: openReply(key, row).from, at: row.received_at }));
    },

    async known(replyIds) {
      const rows = await db.query<{ id: string }>('select id from notify.reply where id = any($1)', [replyIds]);
      return rows.map(({ id }) => id);
    },

    async deliveryOf(outId) {
      const [row] = await db.query<{ warning_id: string; recipient: string; scope: CalloutDelivery['scope']; version: number }>(
        'select warning_id, recipient, scope, version from notify.delivery where out_id = $1',
        [outId],
      );
      return row && { warningId: row.warning_id, recipient: row.recipient, scope: row.scope, version: row.version };
    },
  };
}

interface DeliveryRow extends Omit<CalloutDelivery, 'createdAt' | 'deliveredAt'> {
  created_at: number;
  delivered_at: number | null;
}

/** A household is reached when a message arrived at one of its numbers, or somebody answered. Of the newest message to the public. */
async function households(db: Sql, warningId: string): Promise<CalloutCounts | undefined> {
  const [counts] = await db.query<CalloutCounts>(
    `with newest as (
       select id, release_version from notify.callout where warning_id = $1 and scope = 'public' order by release_version desc limit 1
     ), reached as (
       select distinct split_part(recipient, ':', 1) || ':' || split_part(recipient, ':', 2) as subject
         from notify.delivery where warning_id = $1 and scope = 'public' and version = (select release_version from newest) and status = 'delivered'
     )
     select count(*) as total,
            count(*) filter (where p.ack <> 'none' or r.subject is not null) as reached,
            count(*) filter (where p.ack = 'ack') as acknowledged,
            count(*) filter (where p.ack = 'help') as help,
            count(*) filter (where p.ack = 'safe') as safe,
            count(*) filter (where p.ack = 'visited') as visited,
            count(*) filter (where p.ack = 'none') as silent
       from notify.callout_party p join newest on newest.id = p.callout_id left join reached r on r.subject = p.subject`,
    [warningId],
  );
  return counts && counts.total > 0 ? counts : undefined;
}
