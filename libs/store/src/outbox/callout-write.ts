import { toIso, type Callout, type CalloutParty, type DeliveriesAnswered, type ReplyRecord } from '#libs/contracts';
import type { DataKey } from '#libs/platform';
import { sealRecord } from './callout-row.js';
import type { Statement } from '../sql/statement.js';

/** Upserts; an older `version` never overwrites a newer one. */
export const calloutStatement = (key: DataKey, callout: Callout): Statement => {
  const { record, personal } = sealRecord(key, 'callout', callout);
  return {
    name: 'write-callout',
    text: `insert into notify.callout (id, warning_id, division_code, scope, release_version, started_at, ended_at, record, personal, version)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     on conflict (id) do update set ended_at = excluded.ended_at, record = excluded.record, personal = excluded.personal, version = excluded.version
     where notify.callout.version < excluded.version`,
    values: [
      callout.id,
      callout.warningId,
      callout.divisionCode,
      callout.scope,
      callout.releaseVersion,
      callout.startedAt,
      callout.endedAt,
      record,
      personal,
      callout.version,
    ],
  };
};

/** Upserts, all in one statement: a release may have thousands. Their call-out is written before them. */
export const partiesStatement = (key: DataKey, parties: readonly CalloutParty[]): Statement => ({
  name: 'write-callout-parties',
  text: `insert into notify.callout_party (id, callout_id, division_code, subject, place, ack, record, personal, version)
     select p.id, p.callout_id, c.division_code, p.subject, p.place, p.ack, p.record::jsonb, p.personal, p.version
       from json_to_recordset($1::json) as p (id text, callout_id text, subject text, place int, ack text, record text, personal text, version int)
       join notify.callout c on c.id = p.callout_id
     on conflict (id) do update set ack = excluded.ack, record = excluded.record, personal = excluded.personal, version = excluded.version
     where notify.callout_party.version < excluded.version`,
  values: [
    JSON.stringify(
      parties.map((party, place) => ({
        id: party.id,
        callout_id: party.calloutId,
        subject: party.subject,
        place,
        ack: party.ack,
        version: party.version,
        ...sealRecord(key, 'callout_party', party),
      })),
    ),
  ],
});

/** Written once; repeats of the provider change nothing. */
export const replyStatement = (key: DataKey, reply: ReplyRecord): Statement => {
  const { record, personal } = sealRecord(key, 'reply', reply);
  return {
    name: 'write-reply',
    text: `insert into notify.reply (id, warning_id, division_code, received_at, answered, phone_hash, record, personal)
     values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (id) do nothing`,
    values: [reply.id, reply.warningId, reply.divisionCode, reply.receivedAt, reply.answered, key.lookupHash(reply.from), record, personal],
  };
};

/**
 * Marks the messages of whoever answered, and cancels what waited to be sent to them again; not what we write back (step ≥ 1,000,000).
 * An acknowledgement never replaces something stronger.
 */
export const answeredStatement = ({ warningId, subject, ack, at }: DeliveriesAnswered): Statement => ({
  name: 'write-answered',
  text: `with told as (
       select id, status from notify.delivery
        where warning_id = $1 and (recipient = $2 or starts_with(recipient, $2 || ':')) and step < 1000000
          and not ($3 = 'ack' and ack in ('help', 'safe', 'visited'))
        order by id for update
     ), marked as (
       update notify.delivery d set ack = $3, ack_at = $4,
              status = case when d.status = 'pending' and d.step > 0 then 'cancelled' else d.status end
         from told where d.id = told.id returning d.id, told.status as was, d.status
     )
     insert into notify.delivery_event (delivery_id, from_status, to_status, source, raw)
     select id, was, status, 'operator', jsonb_build_object('ack', $3::text) from marked`,
  values: [warningId, subject, ack, toIso(at)],
});
