import type { StoredReading } from '#libs/contracts';
import { qualityOf } from './quality.js';

export interface ReadingRow {
  device_id: string;
  channel: string;
  unified_code: string;
  time: number;
  seq: number;
  value: number;
  quality: number;
  received_at: number;
}

/** Columns of a whole reading, with `p` the point, `s` the series, `r` the reading. */
export const readingColumns = 's.device_id, s.channel, p.unified_code, r.time, r.seq, r.value, r.quality, r.received_at';

export const readingOf = (row: ReadingRow): StoredReading => ({
  deviceId: row.device_id,
  hazardPoint: row.unified_code,
  channel: row.channel,
  time: row.time,
  value: row.value,
  quality: qualityOf(row.quality),
  receivedAt: row.received_at,
  seq: row.seq,
});
