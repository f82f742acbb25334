import type { PrimingReading, RecentReadings } from '#libs/ingest';
import type { Sql } from '../sql/database.js';
import { qualityOf } from './quality.js';

/** Series in one question: 18,000 rows, some 3 MB. More: a station of 100,000 channels needs a gigabyte to start. Fewer: more round trips. */
const PORTION = 2_000;

interface Row {
  key: number;
  device_id: string;
  channel: string;
  time: number;
  value: number;
  quality: number;
}

/** The newest readings of every series, one look into the primary key a series, however long the history is. */
const newest = `
select s.key, s.device_id, s.channel, r.time, r.value, r.quality
from (select * from ingest.series where key > $1 order by key limit $2) s
left join lateral (select r.time, r.value, r.quality from ingest.reading r where r.series = s.key order by r.time desc limit $3) r on true
order by s.key, r.time`;

export const pgRecentReadings = (db: Sql): RecentReadings => ({
  async *recent(count) {
    for (let after = 0; ;) {
      const rows = await db.query<Row>(newest, [after, PORTION, count]);
      const last = rows.at(-1);
      if (!last) return;
      after = last.key;
      // A series whose readings have all been dropped is a row without time.
      yield rows.filter((row) => row.time !== null).map(readingOf);
    }
  },
});

const readingOf = (row: Row): PrimingReading => ({
  deviceId: row.device_id,
  channel: row.channel,
  time: row.time,
  value: row.value,
  quality: qualityOf(row.quality),
});
