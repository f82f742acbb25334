import type { StoredReading } from '#libs/contracts';
import type { JudgementStore } from '#libs/stream';
import { takeBacklog } from '../reading/backlog.js';
import { pgCheckpoints } from './checkpoint.js';
import type { Database } from '../sql/database.js';
import { marksStatement } from './judgement-mark.js';
import { readingColumns, readingOf, type ReadingRow } from '../reading/reading-row.js';
import { runAll } from '../sql/statement.js';

export { marksStatement } from './judgement-mark.js';

/**
 * Readings of point $1 with seq > $2, at most $3. A point that has been silent for a year has a mark a year old: what is rolled
 * up is found by the days whose highest seq lies after the mark, and only the few newer ones by their seq.
 */
const readingsAfter = `
with place as materialized (
  select p.key, p.unified_code, ps.series, (select rolled_to from ingest.rollup_mark) as rolled_to
  from ingest.point p join ingest.point_series ps on ps.point = p.key where p.unified_code = $1
), tail as materialized (
  select series, time from ingest.reading_row where seq > greatest($2::bigint, (select rolled_to from ingest.rollup_mark))
), found as (
  select t.series, t.time from tail t join place on place.series = t.series
  union
  select r.series, r.time from place
  join ingest.rollup_1d d on d.series = place.series and d.last_seq > $2
  join ingest.reading_row r on r.series = d.series and r.time >= d.bucket and r.time < d.bucket + interval '1 day' and r.seq > $2
  where $2 < place.rolled_to
)
select s.device_id, s.channel, place.unified_code, r.time, r.seq, r.value, r.quality, r.received_at
from found f join place on place.series = f.series
join ingest.reading r on r.series = f.series and r.time = f.time and r.point = place.key
join ingest.series s on s.key = r.series
order by r.seq limit $3`;

/**
 * What is looked back on. An instrument that was removed, or stands at another point now, would turn the point grey by its silence; and one
 * registered anew under its number has another zero, whose difference is no movement.
 */
const stillOf = (series: string, point: string, reading: string): string =>
  `not exists (select 1 from command.device d where d.device_id = ${series}.device_id and (d.removed_at is not null
     or d.hazard_point <> ${point}.unified_code or ${reading}.received_at < d.rejoined_at))`;

/**
 * Series whose history is read by one statement. One statement over a point of a thousand series runs into its time limit, and the station can't
 * start; fewer a statement, and a start of a thousand points is made of round trips.
 */
const seriesAtOnce = 20;

export function pgJudgements(db: Database): JudgementStore {
  return {
    async marks() {
      const rows = await db.query<{ hazard_point: string; judged_to: number; state: unknown }>(
        'select hazard_point, judged_to, state from evaluate.mark order by hazard_point',
      );
      return rows.map(({ hazard_point, judged_to, state }) => ({ hazardPoint: hazard_point, judgedTo: judged_to, state }));
    },

    async saveMarks(marks) {
      if (marks.length > 0) await runAll(db, [marksStatement(marks)]);
    },

    async history(hazardPoint, from, upTo): Promise<StoredReading[]> {
      const series = await db.query<{ series: number }>(
        'select ps.series from ingest.point p join ingest.point_series ps on ps.point = p.key where p.unified_code = $1 order by 1',
        [hazardPoint],
      );
      const found: StoredReading[] = [];
      for (let first = 0; first < series.length; first += seriesAtOnce)
        for (const reading of await some(series.slice(first, first + seriesAtOnce))) found.push(reading);
      // Each portion comes in the order of its seqs.
      return series.length > seriesAtOnce ? found.sort((a, b) => a.seq - b.seq) : found;

      // Series by series through the primary key: the time bound cuts off what lies before, however long the point's past.
      function some(portion: readonly { series: number }[]): Promise<StoredReading[]> {
        return select(
          `join ingest.reading r on r.series = any($4::int[]) and r.point = p.key
           join ingest.series s on s.key = r.series
           where p.unified_code = $1 and ${stillOf('s', 'p', 'r')} and r.time >= timestamptz 'epoch' + $2::bigint * interval '1 millisecond' and r.seq <= $3
           order by r.seq`,
          [hazardPoint, from, upTo, portion.map((one) => one.series)],
        );
      }
    },

    after: (hazardPoint, after, limit) => all(readingsAfter, [hazardPoint, after, limit]),

    backlog: (from, take) => takeBacklog(db, from, take),

    ...pgCheckpoints(db),
  };

  async function select(rest: string, params: readonly unknown[]): Promise<StoredReading[]> {
    return all(`select ${readingColumns} from ingest.point p ${rest}`, params);
  }

  async function all(text: string, params: readonly unknown[]): Promise<StoredReading[]> {
    return (await db.query<ReadingRow>(text, params)).map(readingOf);
  }
}
