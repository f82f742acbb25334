import { civilMidnight, DAY, HOUR, MINUTE } from '#libs/contracts';
import { at, Database } from '../sql/database.js';
import { pgJudgements } from '../judgement/judgement.js';
import { migrate } from '../sql/migrate.js';
import { ReadingKeyCache } from '../reading/reading-keys.js';
import { complete, rollDays, rollHours } from '../rollup/rollup-sql.js';

/** A made-up past: every channel has a value every so often. */
export interface MadeUpHistory {
  /** Of every device, or of each its own. */
  hazardPoint: string | readonly string[];
  devices: readonly string[];
  /** Of every device. */
  channel: string | readonly string[];
  /** Epoch ms, on the hour; the first is included, the last is not. */
  from: number;
  to: number;
  /** ms: at least a minute; whole hours above one */
  every: number;
  /** `false`: stored and not judged yet, as after a crash. */
  judged?: boolean;
}

const listOf = <T extends string>(one: T | readonly T[]): readonly T[] => (typeof one === 'string' ? [one] : one);

/** Device time covered by one statement. Shorter is slower by its round trips; longer keeps the write-ahead log from being recycled. */
const step = HOUR;

/**
 * The rows a commit would have written, in the same order on disk: all series of a moment, then those of the next. Sequence numbers go on
 * where the store is. Their minutes are written along with them, as each holds one reading at most.
 */
const insertStep = `
with made as (
insert into ingest.reading_row (time, value, seq, series, received_after)
select t.time, round((10 + sin(extract(epoch from t.time) / 20000 + s.key) + random() * 0.2)::numeric, 3)::float8,
       $5::bigint + (t.place - 1) * cardinality($4::int[]) + s.place, s.key, 800 + s.key % 3000
from generate_series(timestamptz 'epoch' + $1::bigint * interval '1 millisecond',
                     timestamptz 'epoch' + ($2::bigint - 1) * interval '1 millisecond',
                     $3::bigint * interval '1 millisecond') with ordinality t (time, place)
cross join unnest($4::int[]) with ordinality s (key, place)
order by t.place, s.place
on conflict (series, time) do nothing
returning time, value, seq, series
)
insert into ingest.rollup_1m (series, bucket, min, max, sum, first, last, min_after, max_after, first_after, last_after, count, samples, quality, last_seq)
select m.series, b.start, m.value, m.value, m.value, m.value, m.value, b.after, b.after, b.after, b.after, 1, 1, 0, m.seq
from made m cross join lateral (select date_trunc('minute', m.time) as start,
  (extract(epoch from m.time - date_trunc('minute', m.time)) * 1000)::integer as after) b`;

/** What the counters of the monthly rates would hold by now. */
const countDays = `
insert into command.device_day (device_id, day, channel, samples)
select s.device_id, (d.bucket at time zone 'Asia/Shanghai')::date, s.channel, d.count
from ingest.rollup_1d d join ingest.series s on s.key = d.series where d.series = any($1::int[])
on conflict do nothing`;

/**
 * Writes a past nobody measured, thousands of times faster than devices could send it: for benches and trials on an empty database. It
 * counts as judged, so that a station started on it does not judge years of it first.
 * @param progress told how many rows there are, after every step
 * @returns rows written
 * @throws RangeError for more than one value a minute
 */
export async function fillHistory(url: string, history: MadeUpHistory, progress?: (rows: number) => void): Promise<number> {
  if (history.every < MINUTE) throw new RangeError('a made-up history has at most one value a minute');
  const db = new Database({ url, max: 1, statementTimeoutMs: 0 });
  try {
    await migrate(db);
    const keys = await seriesKeys(db, history);
    await db.query(`select ingest.ensure_partitions(to_timestamp($1 / 1000.0), to_timestamp($2 / 1000.0))`, [history.from, history.to]);
    await db.query(`select ingest.ensure_rollup_partitions(to_timestamp($1 / 1000.0), to_timestamp($2 / 1000.0))`, [
      history.from,
      history.to,
    ]);
    const [last] = await db.query<{ seq: number | null }>('select max(seq) as seq from ingest.reading_row');
    const before = last?.seq ?? 0;
    let seq = before;
    let rows = 0;
    const stride = Math.max(step, history.every);
    for (let from = history.from; from < history.to; from += stride) {
      const to = Math.min(from + stride, history.to);
      rows += await db.run(insertStep, [from, to, history.every, keys, seq]);
      seq += Math.ceil((to - from) / history.every) * keys.length;
      await db.run(rollHours, [keys, keys.map(() => at(from)), complete]);
      progress?.(rows);
    }
    for (let day = civilMidnight(history.from); day < history.to; day += DAY)
      await db.run(rollDays, [keys, keys.map(() => at(day)), complete]);
    await db.run('update ingest.rollup_mark set rolled_to = $1', [seq]);
    await db.run(countDays, [keys]);
    await db.run('update command.device_day_mark set counted_to = $1', [seq]);
    await db.run('insert into ingest.store_time (stored_at, first_seq, last_seq) values (now(), $1, $2)', [before + 1, seq]);
    if (history.judged !== false)
      await pgJudgements(db).saveMarks(listOf(history.hazardPoint).map((hazardPoint) => ({ hazardPoint, judgedTo: seq, state: null })));
    await db.run('vacuum analyze ingest.reading_row');
    return rows;
  } finally {
    await db.close();
  }
}

async function seriesKeys(db: Database, { devices, channel, hazardPoint, from }: MadeUpHistory): Promise<number[]> {
  const points = listOf(hazardPoint);
  const named = devices.flatMap((deviceId, place) =>
    listOf(channel).map((each) => ({
      deviceId,
      channel: each,
      hazardPoint: points[place] ?? (points[0] as string),
      time: from,
      value: 0,
      quality: [],
      receivedAt: from,
    })),
  );
  return (await new ReadingKeyCache().keysOf(db, named)).map(({ series }) => series);
}
