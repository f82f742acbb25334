import { Device, HazardPoint, type StoredReading } from '#libs/contracts';
import { Database, type Sql } from '../sql/database.js';
import { readingColumns, readingOf, type ReadingRow } from '../reading/reading-row.js';

/** Readings fetched at a time. */
const page = 5_000;

/** What a backtest reads of a database. Writes nothing, and needs no migration. */
export interface PointHistory {
  /** The point with its devices, and the rulebook in force for it; undefined when nobody knows it. */
  point(
    unifiedCode: string,
  ): Promise<{ point: HazardPoint; devices: Device[]; rules: { version: string; text: string } | undefined } | undefined>;
  /** Device times of its first and last reading between two times, epoch ms; undefined without one. */
  extent(unifiedCode: string, from: number, to: number): Promise<{ from: number; to: number } | undefined>;
  /**
   * Its readings with device time between `from` and `to`, both included.
   * @param order `arrival`: as they were judged live; `time`: by device time
   */
  readings(unifiedCode: string, from: number, to: number, order: 'arrival' | 'time'): AsyncIterable<StoredReading[]>;
  close(): Promise<void>;
}

/** @throws StoreAway if nothing answers at the address */
export async function openPointHistory(url: string): Promise<PointHistory> {
  const db = new Database({ url, max: 2, statementTimeoutMs: 0, name: 'wangshan backtest' });
  await db.query('select 1').catch(async (error: unknown) => {
    await db.close();
    throw error;
  });
  return pointHistory(db, () => db.close());
}

/** @param close ends the connections */
export function pointHistory(db: Database, close: () => Promise<void>): PointHistory {
  return {
    async point(unifiedCode) {
      const [found] = await db.query<{ record: unknown }>('select record from command.hazard_point where unified_code = $1', [unifiedCode]);
      if (!found) return undefined;
      const point = HazardPoint.parse(found.record);
      const devices = await db.query<{ record: unknown }>('select record from command.device where hazard_point = $1 order by device_id', [
        unifiedCode,
      ]);
      const [rule] = await db.query<{ rule_version: string; content: string }>(
        'select rule_version, content from evaluate.rule_version where rulebook = $1 and active',
        [point.rulebook],
      );
      return {
        point,
        devices: devices.map(({ record }) => Device.parse(record)),
        rules: rule && { version: rule.rule_version, text: rule.content },
      };
    },

    async extent(unifiedCode, from, to) {
      const [row] = await db.query<{ first: number | null; last: number | null }>(
        `select min(r.time) as first, max(r.time) as last ${ofPoint}`,
        [unifiedCode, from, to],
      );
      return row && row.first !== null && row.last !== null ? { from: row.first, to: row.last } : undefined;
    },

    async *readings(unifiedCode, from, to, order) {
      yield* inPages(db, `select ${readingColumns} ${ofPoint} order by ${order === 'time' ? 'r.time, r.seq' : 'r.seq'}`, [
        unifiedCode,
        from,
        to,
      ]);
    },
    close,
  };
}

/** Readings of point $1 with device time from $2 to $3 (epoch ms). */
const ofPoint = `from ingest.point p join ingest.point_series ps on ps.point = p.key
  join ingest.reading r on r.series = ps.series and r.point = p.key
  join ingest.series s on s.key = r.series
  where p.unified_code = $1 and r.time >= timestamptz 'epoch' + $2::bigint * interval '1 millisecond'
    and r.time <= timestamptz 'epoch' + $3::bigint * interval '1 millisecond'`;

/**
 * A cursor: the server sorts once, spills to its disk if it must, and years of readings never stand in memory here. The transaction lives as
 * long as the pages are read; whoever stops half-way ends it.
 */
async function* inPages(db: Database, statement: string, params: readonly unknown[]): AsyncGenerator<StoredReading[]> {
  let ask: (sql: Sql) => void = () => undefined;
  let release: () => void = () => undefined;
  const opened = new Promise<Sql>((resolve) => (ask = resolve));
  const finished = new Promise<void>((resolve) => (release = resolve));
  const running = db.tx(async (sql) => {
    await sql.run('set transaction isolation level repeatable read, read only');
    await sql.run(`declare history no scroll cursor for ${statement}`, params);
    ask(sql);
    await finished;
  });
  try {
    const sql = await Promise.race([opened, running.then(() => Promise.reject(new Error('the history ended before it began')))]);
    for (;;) {
      const rows = await sql.query<ReadingRow>(`fetch ${page} from history`);
      if (rows.length > 0) yield rows.map(readingOf);
      if (rows.length < page) return;
    }
  } finally {
    release();
    await running;
  }
}
