import { canonicalChannel, Problem } from '#libs/contracts';
import type { HistoryStore, ReadingsQuery } from '#libs/command';
import type { Database } from '../sql/database.js';
import { reducedReadings } from './history-reduce.js';
import { newestOfEachSeries } from '../reading/latest.js';
import { listQuarantine } from '../reading/quarantine.js';
import { qualityOf } from '../reading/quality.js';

/** History of readings, without the deliveries, which belong to notify's tables. */
export function pgHistory(db: Database): Omit<HistoryStore, 'deliveries'> {
  return {
    async readings(asked) {
      const query = { ...asked, from: storable(asked.from), to: storable(asked.to) };
      const series = await seriesKey(db, query);
      if (series === undefined) return { resolution: 'raw', readings: [], nextCursor: null };
      return query.points === undefined
        ? rawPage(db, series, query)
        : { ...(await reducedReadings(db, series, query.from, query.to, query.points)), nextCursor: null };
    },

    quarantine: (query) => listQuarantine(db, query),

    /** Receive time of the reading with the newest device time of any channel; a later backfill of older times does not count. */
    async lastSeen() {
      const rows = await db.query<{ device_id: string; at: number }>(
        `select s.device_id, max(r.received_at) as at from ${newestOfEachSeries} group by s.device_id`,
      );
      return new Map(rows.map(({ device_id, at }) => [device_id, at]));
    },
  };
}

/** Years 1 to 9999: bounds beyond them mean "everything", and PostgreSQL would refuse the farthest. */
const storable = (ms: number): number => Math.max(-62_135_596_800_000, Math.min(253_402_300_799_999, Math.trunc(ms)));

async function seriesKey(db: Database, query: ReadingsQuery): Promise<number | undefined> {
  const [row] = await db.query<{ key: number }>('select key from ingest.series where (device_id, channel) = ($1, $2)', [
    query.deviceId,
    canonicalChannel(query.channel),
  ]);
  return row?.key;
}

/** `from` and `to` both included; oldest first. Times are unique in a series, so the last one is a stable cursor. */
async function rawPage(db: Database, series: number, query: ReadingsQuery): ReturnType<HistoryStore['readings']> {
  const after = query.cursor === undefined ? query.from - 1 : readCursor(query.cursor);
  const rows = await db.query<{ time: number; value: number; quality: number }>(
    `select time, value, quality from ingest.reading
     where series = $1 and time > timestamptz 'epoch' + $2::bigint * interval '1 millisecond'
       and time >= timestamptz 'epoch' + $3::bigint * interval '1 millisecond'
       and time <= timestamptz 'epoch' + $4::bigint * interval '1 millisecond'
     order by time limit $5`,
    [series, after, query.from, query.to, query.limit + 1],
  );
  const readings = rows.slice(0, query.limit).map(({ time, value, quality }) => ({ time, value, quality: qualityOf(quality) }));
  const last = readings.at(-1);
  return { resolution: 'raw', readings, nextCursor: rows.length > query.limit && last ? String(last.time) : null };
}

function readCursor(cursor: string): number {
  if (!/^-?\d{1,15}$/.test(cursor))
    throw new Problem('invalid-request', `cursor ${JSON.stringify(cursor)} is not one this list gave: start again without it`);
  return Number(cursor);
}
