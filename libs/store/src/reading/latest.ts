import type { LatestStore } from '#libs/wall';
import type { Database } from '../sql/database.js';
import { qualityOf } from './quality.js';

/** Newest reading of each series, one look into the primary key a series, however long the history is. */
export const newestOfEachSeries = `ingest.series s
  cross join lateral (select r.* from ingest.reading r where r.series = s.key order by r.time desc limit 1) r`;

interface Row {
  device_id: string;
  channel: string;
  time: number;
  value: number;
  quality: number;
  received_at: number;
}

export const pgLatest = (db: Database): LatestStore => ({
  async latest() {
    const rows = await db.query<Row>(
      `select s.device_id, s.channel, r.time, r.value, r.quality, r.received_at from ${newestOfEachSeries} order by 1, 2`,
    );
    return rows.map((row) => ({
      deviceId: row.device_id,
      channel: row.channel,
      time: row.time,
      value: row.value,
      quality: qualityOf(row.quality),
      receivedAt: row.received_at,
    }));
  },
});
