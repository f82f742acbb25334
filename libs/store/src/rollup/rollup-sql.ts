import { excludingFlags } from '#libs/contracts';
import { qualityMask } from '../reading/quality.js';

/** Samples with one of these are counted and their flags kept, but their values say nothing about the slope. */
const excluded = qualityMask([...excludingFlags]);

const columns = `series, bucket, min, min_after, max, max_after, sum, first, first_after, last, last_after, count, samples, quality, last_seq`;
const ms = (time: string): string => `(extract(epoch from ${time}) * 1000)::float8`;

/** Floor of a store that has dropped nothing. */
export const complete = '-infinity';

/**
 * Before `floor` not everything a bucket was made of is still there (retention), so what is there is added to the row and never takes its
 * place: extremes, ends and flags are of both; sum and counts are of whichever saw more samples, so that data sent again after they were
 * dropped are not counted twice (docs/adr/0021).
 */
const upsert = (floor: string): string => {
  const partial = `old.bucket < ${floor}::timestamptz`;
  const kept = (stands: string, ...names: string[]): string[] =>
    names.map((name) => `case when ${partial} and (${stands}) then old.${name} else excluded.${name} end`);
  const lowest = 'excluded.min is null or (old.min, old.min_after) <= (excluded.min, excluded.min_after)';
  const highest = 'excluded.max is null or old.max > excluded.max or (old.max = excluded.max and old.max_after <= excluded.max_after)';
  const fuller = kept('old.samples >= excluded.samples', 'sum', 'count', 'samples');
  const values = [
    ...kept(lowest, 'min', 'min_after'),
    ...kept(highest, 'max', 'max_after'),
    ...fuller,
    ...kept('excluded.first is null or old.first_after <= excluded.first_after', 'first', 'first_after'),
    ...kept('excluded.last is null or old.last_after >= excluded.last_after', 'last', 'last_after'),
    `case when ${partial} then old.quality | excluded.quality else excluded.quality end`,
    `case when ${partial} then greatest(old.last_seq, excluded.last_seq) else excluded.last_seq end`,
  ];
  return `
on conflict (series, bucket) do update
  set (min, min_after, max, max_after, sum, count, samples, first, first_after, last, last_after, quality, last_seq) = row (${values.join(', ')})
where ${partial} or (old.count, old.samples, old.last_seq) is distinct from (excluded.count, excluded.samples, excluded.last_seq)`;
};

/**
 * The row of a bucket from pairs compared as arrays: [value, time] has its minimum at the lowest value and, among equals, the
 * earliest; [value, -time] its maximum at the highest and earliest.
 */
const row = (start: string): string => `
  lowest[1], (lowest[2] - ${start})::integer, highest[1], (-highest[2] - ${start})::integer, sum,
  earliest[2], (earliest[1] - ${start})::integer, latest[2], (latest[1] - ${start})::integer, count, samples, quality, last_seq`;

const ofBucket = "series = t.series and time >= t.bucket and time < t.bucket + interval '1 minute' and seq <= $2";
const valid = `(coalesce(quality, 0) & ${excluded}) = 0`;
/** What is kept of samples; of all of a minute's, or of the new ones. */
const aggregates = `
  min(value) filter (where valid) as min, max(value) filter (where valid) as max, sum(value) filter (where valid) as sum,
  min(time) filter (where valid) as first_at, max(time) filter (where valid) as last_at,
  count(*) filter (where valid) as count, count(*) as samples, bit_or(flags) as quality, max(seq) as last_seq`;
const sample = `time, value, seq, coalesce(quality, 0) as flags, ${valid} as valid`;

/** When the value was first seen in the minute: the one sample of a minute needs no second look, nor does what the row knows already. */
const firstAt = (value: string, known: string): string => `
  case when b.count <= 1 then b.first_at
       when not t.again and ${known} then t.bucket + t.old_${value}_after * interval '1 millisecond'
       else (select time from ingest.reading_row where ${ofBucket} and value = b.${value} and ${valid} order by time limit 1) end`;
const valueAt = (end: string): string => `
  case when b.count <= 1 then b.min
       when not t.again and b.${end}_at = t.old_${end}_at then t.old_${end}
       else (select value from ingest.reading_row where series = t.series and time = b.${end}_at) end`;
const after = (time: string): string => `(extract(epoch from ${time} - t.bucket) * 1000)::integer`;
const oldAt = (end: string): string => `old.bucket + old.${end}_after * interval '1 millisecond' as old_${end}_at`;

/**
 * Minutes that readings with seq in ($1, $2] fell into; answers the hours they belong to and how many minutes of each.
 *
 * A row whose highest seq is at most $1 holds exactly the readings of its minute up to $1, as does a missing one (none): everything up to
 * the mark is rolled up. Such a row and the new readings make the next one. Any other (`again`: numbers older than what it holds, a try whose
 * answer was lost, a minute before $3 or $4, where readings or minutes have been dropped) is computed from all readings of its minute. Either way the result
 * is that of all readings up to $2, and doing it twice changes nothing (docs/adr/0020, 0026).
 */
export const rollMinutes = `
with fresh as materialized (
  select series, bucket, ${aggregates}
  -- Not date_trunc: it asks the calendar for every row.
  from (select series, date_bin('1 minute', time, timestamptz '2000-01-01 00:00+00') as bucket, ${sample}
        from ingest.reading_row where seq > $1 and seq <= $2) r
  group by series, bucket
), made as (
  insert into ingest.rollup_1m as old (${columns})
  select t.series, t.bucket, b.min, ${after(firstAt('min', 't.old_min < t.min'))}, b.max, ${after(firstAt('max', 't.old_max > t.max'))}, b.sum,
         ${valueAt('first')}, ${after('b.first_at')}, ${valueAt('last')}, ${after('b.last_at')},
         b.count, b.samples, b.quality, b.last_seq
  from (
    select f.*, f.bucket < greatest($3::timestamptz, $4::timestamptz) or coalesce(o.old_last_seq > $1, false) as again, o.*
    from fresh f left join lateral (
      select old.min as old_min, old.min_after as old_min_after, old.max as old_max, old.max_after as old_max_after, old.sum as old_sum,
             ${oldAt('first')}, old.first as old_first, ${oldAt('last')}, old.last as old_last,
             old.count as old_count, old.samples as old_samples, old.quality as old_quality, old.last_seq as old_last_seq
      from ingest.rollup_1m old where old.series = f.series and old.bucket = f.bucket limit 1
    ) o on true
  ) t cross join lateral (
    select ${aggregates} from (select ${sample} from ingest.reading_row where ${ofBucket} order by time) r having t.again
    union all
    select least(t.min, t.old_min), greatest(t.max, t.old_max), coalesce(t.old_sum + t.sum, t.old_sum, t.sum),
           least(t.first_at, t.old_first_at), greatest(t.last_at, t.old_last_at),
           t.count + coalesce(t.old_count, 0), t.samples + coalesce(t.old_samples, 0), t.quality | coalesce(t.old_quality, 0), t.last_seq
    where not t.again
  ) b
  ${upsert('$3')}
)
select series, date_trunc('hour', bucket) as bucket, count(*) as minutes from fresh group by 1, 2`;

const roll = (from: string, to: string, length: string): string => `
insert into ingest.rollup_${to} as old (${columns})
select t.series, t.bucket, ${row(ms('t.bucket'))}
from unnest($1::int[], $2::timestamptz[]) t (series, bucket) cross join lateral (
  select min(array[p.min, p.at + p.min_after]) filter (where p.count > 0) as lowest,
         max(array[p.max, -(p.at + p.max_after)]) filter (where p.count > 0) as highest,
         min(array[p.at + p.first_after, p.first]) filter (where p.count > 0) as earliest,
         max(array[p.at + p.last_after, p.last]) filter (where p.count > 0) as latest,
         sum(p.sum order by p.bucket) as sum, sum(p.count)::integer as count, sum(p.samples)::integer as samples,
         bit_or(p.quality) as quality, max(p.last_seq) as last_seq
  from (select *, ${ms('bucket')} as at from ingest.rollup_${from}
        where series = t.series and bucket >= t.bucket and bucket < t.bucket + interval '${length}') p
) b
where b.samples > 0
${upsert('$3')}`;

/** Hours, given as arrays of series and beginning, from their minutes, which are not complete before $3. */
export const rollHours = roll('1m', '1h', '1 hour');
/** Civil days from their hours, which are not complete before $3. Asia/Shanghai has been whole hours from UTC since 1901, so a day is made of whole hours. */
export const rollDays = roll('1h', '1d', '1 day');
