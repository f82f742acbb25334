import { excludingFlags } from '#libs/contracts';
import { qualityMask } from '../quality.js';

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

const ofBucket = "series = t.series and time >= t.bucket and time < t.bucket + interval '1 minute'";
const valid = `(coalesce(quality, 0) & ${excluded}) = 0`;
/** When the value was first seen in the bucket; the one sample of a bucket needs no second look. */
const firstAt = (value: string): string => `
  case when b.count <= 1 then b.first_at
       else (select time from ingest.reading_row where ${ofBucket} and value = ${value} and ${valid} order by time limit 1) end`;
const valueAt = (time: string): string => `
  case when b.count <= 1 then b.min else (select value from ingest.reading_row where series = t.series and time = ${time}) end`;
const after = (time: string): string => `(extract(epoch from ${time} - t.bucket) * 1000)::integer`;

/**
 * Minutes that readings with seq in ($1, $2] fell into, recomputed from all their readings; answers the hours they belong to and how many
 * minutes of each. Plain
 * aggregates over the samples in the order of the index, then one look-up for each time that is asked for: at a fifth of the cost of
 * aggregates that compare pairs. Before $3 the readings are not complete.
 */
export const rollMinutes = `
with touched as materialized (
  select series, date_trunc('minute', time) as bucket from ingest.reading_row where seq > $1 and seq <= $2 group by 1, 2
), made as (
  insert into ingest.rollup_1m as old (${columns})
  select t.series, t.bucket, b.min, ${after(firstAt('b.min'))}, b.max, ${after(firstAt('b.max'))}, b.sum,
         ${valueAt('b.first_at')}, ${after('b.first_at')}, ${valueAt('b.last_at')}, ${after('b.last_at')},
         b.count, b.samples, b.quality, b.last_seq
  from touched t cross join lateral (
    select min(r.value) filter (where r.valid) as min, max(r.value) filter (where r.valid) as max, sum(r.value) filter (where r.valid) as sum,
           min(r.time) filter (where r.valid) as first_at, max(r.time) filter (where r.valid) as last_at,
           count(*) filter (where r.valid) as count, count(*) as samples, bit_or(r.flags) as quality, max(r.seq) as last_seq
    from (select time, value, seq, coalesce(quality, 0) as flags, ${valid} as valid from ingest.reading_row where ${ofBucket} order by time) r
  ) b
  ${upsert('$3')}
)
select series, date_trunc('hour', bucket) as bucket, count(*) as minutes from touched group by 1, 2`;

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
