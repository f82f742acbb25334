import { Problem, type Page, type PageQuery, type QuarantinedPayload, type QuarantineReason, type StoredReading } from '#libs/contracts';
import { hashId } from '#libs/platform';
import type { Database } from '../sql/database.js';
import type { DataRefused } from '../sql/errors.js';

/** PostgreSQL's text can't hold U+0000; quarantine must take everything, so it is written visibly. Bytes are kept as they came. */
const writable = (text: string): string => text.replaceAll('\u0000', '␀');

/** Puts payloads aside; parameters `first` and the six after it are `quarantineColumns`. What is there already stays. */
export const insertQuarantine = (first: number): string => {
  const p = (offset: number): string => `$${first + offset}`;
  return `
insert into ingest.quarantine (id, device_id, topic, reason, detail, payload, received_at)
select q.id, q.device_id, q.topic, q.reason, q.detail, decode(q.payload, 'base64'),
       timestamptz 'epoch' + q.received_at * interval '1 millisecond'
from unnest(${p(0)}::text[], ${p(1)}::text[], ${p(2)}::text[], ${p(3)}::text[], ${p(4)}::text[], ${p(5)}::text[], ${p(6)}::bigint[])
     q (id, device_id, topic, reason, detail, payload, received_at)
on conflict do nothing`;
};

/** Columns of ingest.quarantine, for `insertQuarantine`. */
export function quarantineColumns(payloads: readonly QuarantinedPayload[]): unknown[] {
  return [
    payloads.map(({ id }) => writable(id)),
    payloads.map(({ deviceId }) => writable(deviceId)),
    payloads.map(({ topic }) => writable(topic)),
    payloads.map(({ reason }) => reason),
    payloads.map(({ detail }) => writable(detail)),
    payloads.map(({ payload }) => Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString('base64')),
    payloads.map(({ receivedAt }) => receivedAt),
  ];
}

/** A reading the database refused, as it is put aside. The id is made of the reading: resent, it is the same entry. */
export function refusedReading(reading: StoredReading, error: DataRefused): QuarantinedPayload {
  const { deviceId, hazardPoint, channel, time, value, quality, receivedAt } = reading;
  return {
    id: hashId(24, 'store-refused', deviceId, channel, time, value),
    deviceId,
    topic: '',
    reason: 'store-refused',
    detail: `${error.sqlState}: ${error.message}`,
    payload: Buffer.from(JSON.stringify({ deviceId, hazardPoint, channel, time: String(time), value: String(value), quality })),
    receivedAt: Number.isSafeInteger(receivedAt) ? receivedAt : 0,
  };
}

interface Row {
  id: string;
  device_id: string;
  topic: string;
  reason: QuarantineReason;
  detail: string;
  payload: Uint8Array;
  received_at: number;
}

/** Newest first. A payload belongs to the division of its device's point; one of an unknown device only to the whole scope ''. */
export async function listQuarantine(db: Database, query: PageQuery & { scope: string }): Promise<Page<QuarantinedPayload>> {
  const after = query.cursor === undefined ? undefined : readCursor(query.cursor);
  const rows = await db.query<Row>(
    `select q.id, q.device_id, q.topic, q.reason, q.detail, q.payload, q.received_at
     from ingest.quarantine q left join command.device d using (device_id)
     where ($1 = '' or starts_with(d.division_code, $1))
       and ($2::bigint is null or (q.received_at, q.id) < (timestamptz 'epoch' + $2 * interval '1 millisecond', $3))
     order by q.received_at desc, q.id desc limit $4`,
    [query.scope, after?.receivedAt ?? null, after?.id ?? '', query.limit + 1],
  );
  const items = rows.slice(0, query.limit).map((row) => ({
    id: row.id,
    deviceId: row.device_id,
    topic: row.topic,
    reason: row.reason,
    detail: row.detail,
    payload: row.payload,
    receivedAt: row.received_at,
  }));
  const last = items.at(-1);
  return { items, nextCursor: rows.length > query.limit && last ? `${last.receivedAt}:${last.id}` : null };
}

function readCursor(cursor: string): { receivedAt: number; id: string } {
  const [, receivedAt, id] = /^(-?\d{1,15}):(.+)$/.exec(cursor) ?? [];
  if (receivedAt === undefined || id === undefined)
    throw new Problem('invalid-request', `cursor ${JSON.stringify(cursor)} is not one this list gave: start again without it`);
  return { receivedAt: Number(receivedAt), id };
}
