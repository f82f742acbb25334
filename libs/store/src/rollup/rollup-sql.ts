import { excludingFlags } from '#libs/contracts';
import { qualityMask } from '../quality.js';

/** Samples with one of these are counted and their flags kept, but their values say nothing about the slope. */
const excluded = qualityMask([...excludingFlags]);

const columns = `series, bucket, min, min_after, max, max_after, sum, first, first_after, last, last_after, count, samples, quality, last_seq`;
const ms = (time: string): string => `(extract(epoch from ${time}) * 1000)::float8`;

const upsert = (table: string): string => `
on conflict (series, bucket) do update set (min, min_after, max, max_after, sum, first, first_after, last, last_after, count, samples, quality, last_seq)
  = row (excluded.min, excluded.min_after, excluded.max, excluded.max_after, excluded.sum, excluded.first, excluded.first_after,
         excluded.last, excluded.last_after, excluded.count, excluded.samples, excluded.quality, excluded.last_seq)
where (${table}.count, ${table}.samples, ${table}.last_seq) is distinct from (excluded.count, excluded.samples, excluded.last_seq)`;

/**
 * The row of a bucket from pairs compared as arrays: [value, time] has its minimum at the lowest value and, among equals, the
 * earliest; [value, -time] its maximum at the highest and earliest.
 */
const row = (start: string): string => `
  lowest[1], (lowest[2] - ${start})::integer, highest[1], (-highest[2] - ${start})::integer, sum,
  earliest[2], (earliest[1] - ${start})::integer, latest[2], (latest[1] - ${start})::integer, count, samples, quality, last_seq`;

/** Minutes that readings with seq in ($1, $2] fell into, recomputed from all their readings; answers the hours they belong to. */
export const rollMinutes = `
with touched as materialized (
  select distinct series, date_trunc('minute', time) as bucket from ingest.reading_row where seq > $1 and seq <= $2
), made as (
  insert into ingest.rollup_1m as old (${columns})
  select t.series, t.bucket, ${row(ms('t.bucket'))}
  from touched t cross join lateral (
    select min(array[r.value, r.at]) filter (where valid) as lowest, max(array[r.value, -r.at]) filter (where valid) as highest,
           min(array[r.at, r.value]) filter (where valid) as earliest, max(array[r.at, r.value]) filter (where valid) as latest,
           sum(r.value order by r.at) filter (where valid) as sum, count(*) filter (where valid) as count, count(*) as samples,
           bit_or(r.flags) as quality, max(r.seq) as last_seq
    from (select value, ${ms('time')} as at, coalesce(quality, 0) as flags, (coalesce(quality, 0) & ${excluded}) = 0 as valid, seq
          from ingest.reading_row where series = t.series and time >= t.bucket and time < t.bucket + interval '1 minute') r
  ) b
  ${upsert('old')}
)
select distinct series, date_trunc('hour', bucket) as bucket from touched`;

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
${upsert('old')}`;

/** Hours, given as arrays of series and beginning, from their minutes. */
export const rollHours = roll('1m', '1h', '1 hour');
/** Civil days from their hours. Asia/Shanghai has been whole hours from UTC since 1901, so a day is made of whole hours. */
export const rollDays = roll('1h', '1d', '1 day');
