import type { Database } from './database.js';
import { qualityOf } from './quality.js';

/**
 * M4 (Jugel et al., VLDB 2014): of each of equally long buckets the first, last, lowest and highest reading, so that a
 * line drawn of them is the line drawn of all. Records are compared as arrays: [value, time, quality] has its minimum at
 * the lowest value and, among equals, the earliest.
 */
const reduce = `
with raw as materialized (
  select (extract(epoch from time) * 1000)::float8 as at, value, quality::float8 as quality
  from ingest.reading
  where series = $1 and time >= timestamptz 'epoch' + $2::bigint * interval '1 millisecond'
    and time <= timestamptz 'epoch' + $3::bigint * interval '1 millisecond'
),
span as (select count(*) as readings, min(at) as first, greatest(max(at) - min(at), 1) as length from raw),
bucket as (
  select min(array[at, value, quality]) as first, max(array[at, value, quality]) as last,
         min(array[value, at, quality]) as lowest, max(array[value, -at, quality]) as highest
  from raw, span
  where span.readings > $5
  group by least(floor((at - span.first) / span.length * $4), $4 - 1)
)
select at, value, quality from raw, span where span.readings <= $5
union select first[1], first[2], first[3] from bucket
union select last[1], last[2], last[3] from bucket
union select lowest[2], lowest[1], lowest[3] from bucket
union select -highest[2], highest[1], highest[3] from bucket
order by at`;

/**
 * At most `points` readings of a series between two times (included), extremes kept.
 * With fewer than four points there is no room for a whole bucket: highest, lowest, last come first.
 */
export async function reducedReadings(
  db: Database,
  series: number,
  from: number,
  to: number,
  points: number,
): Promise<{ resolution: 'raw'; readings: { time: number; value: number; quality: string[] }[] }> {
  const buckets = Math.max(1, Math.floor(points / 4));
  const rows = await db.query<{ at: number; value: number; quality: number }>(reduce, [series, from, to, buckets, points]);
  const readings = rows.map(({ at, value, quality }) => ({ time: at, value, quality: qualityOf(quality) }));
  return { resolution: 'raw', readings: readings.length <= points ? readings : mostTelling(readings, points) };
}

function mostTelling<T extends { time: number; value: number }>(readings: readonly T[], points: number): T[] {
  const byValue = readings.toSorted((a, b) => a.value - b.value);
  const ranked = [byValue.at(-1), byValue[0], readings.at(-1)].filter((reading) => reading !== undefined);
  return [...new Set(ranked)].slice(0, points).toSorted((a, b) => a.time - b.time);
}
