import type { QuarantinedPayload, StoredReading } from '#libs/contracts';
import { hashId } from '#libs/platform';
import type { Sql } from '../sql/database.js';
import type { ReadingKeys } from './reading-keys.js';

const selectStored = `
select own.i, r.seq, r.value
from unnest($1::int[], $2::bigint[], $3::int[]) own (i, time, series)
join ingest.reading_row r on r.series = own.series and r.time = timestamptz 'epoch' + own.time * interval '1 millisecond'`;

/** A reading, and what is stored for its (device, channel, time). */
export interface FirstStored {
  reading: StoredReading;
  seq: number;
  value: number;
}

/** What is stored for each of the readings: itself, or the one that came first. Asked only when a commit stored fewer rows than it was given. */
export async function selectFirst(sql: Sql, readings: readonly StoredReading[], keys: readonly ReadingKeys[]): Promise<FirstStored[]> {
  const rows = await sql.query<{ i: number; seq: number; value: number }>(selectStored, [
    readings.map((_, i) => i),
    readings.map(({ time }) => time),
    keys.map(({ series }) => series),
  ]);
  return rows.flatMap(({ i, seq, value }) => (readings[i] ? [{ reading: readings[i], seq, value }] : []));
}

/**
 * A reading that came with another value than the one stored for its time: the first stands, as it has been judged; this one
 * is put aside with both values. The id is made of the reading: resent, it is the same entry.
 */
export function conflictingReading(reading: StoredReading, stored: number): QuarantinedPayload {
  const { deviceId, hazardPoint, channel, time, value, quality, receivedAt } = reading;
  return {
    id: hashId(24, 'conflict', deviceId, channel, time, value),
    deviceId,
    topic: '',
    reason: 'conflict',
    detail: `${channel} at ${new Date(time).toISOString()}: ${stored} is stored, ${value} came later for the same time`,
    payload: Buffer.from(JSON.stringify({ deviceId, hazardPoint, channel, time, stored, value, quality })),
    receivedAt,
  };
}
