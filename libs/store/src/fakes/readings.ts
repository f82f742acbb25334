import type { StoredReading } from '#libs/contracts';
import type { ReadingRow } from '../reading/reading-row.js';
import { readingColumns } from '../reading/reading-row.js';
import { recordsDatabase, type RecordsDatabase } from './records.js';

export const noon = Date.parse('2026-11-20T12:00:00.123Z');

/** A reading of D1, one second after the one before it. */
export const reading = (seq: number, change: Partial<StoredReading> = {}): StoredReading => ({
  deviceId: 'D1',
  hazardPoint: '5001120001',
  channel: 'L1_LF_1',
  time: noon + seq * 1000,
  value: seq / 3,
  quality: [],
  receivedAt: noon + seq * 1000 + 250,
  seq,
  ...change,
});

export interface ReadingsDatabase extends RecordsDatabase {
  empty(): Promise<unknown>;
  rows(): Promise<ReadingRow[]>;
  quarantine(): Promise<{ device_id: string; reason: string; detail: string; payload: Buffer }[]>;
}

/** A migrated database of its own, and what of readings is in it. */
export async function readingsDatabase(title: string): Promise<ReadingsDatabase> {
  const home = await recordsDatabase(title);
  const { db } = home;
  return {
    ...home,
    empty: () =>
      db.run(
        'truncate ingest.reading_row, ingest.store_time, ingest.quarantine, ingest.point_series, ingest.series, ingest.point, evaluate.mark cascade',
      ),
    rows: () =>
      db.query<ReadingRow>(
        `select ${readingColumns} from ingest.reading r join ingest.series s on s.key = r.series join ingest.point p on p.key = r.point order by r.seq`,
      ),
    quarantine: () => db.query('select device_id, reason, detail, payload from ingest.quarantine order by id'),
  };
}
