import { excludingFlags } from '#libs/contracts';
import type { Database } from '../sql/database.js';
import { keptResolution, resolutionFor, widthOf, type Resolution } from '../rollup/resolution.js';
import { qualityMask, qualityOf } from '../reading/quality.js';
import { retentionState } from '../retention/floors.js';

/**
 * M4 (Jugel et al., VLDB 2014): of each of equally long buckets the first, last, lowest and highest reading, so that a
 * line drawn of them is the line drawn of all. Records are compared as arrays: [value, time, quality] has its minimum at
 * the lowest value and, among equals, the earliest.
 */
const reduce = (source: string): string => `
with raw as materialized (${source}),
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

const instant = (parameter: string): string => `timestamptz 'epoch' + ${parameter}::bigint * interval '1 millisecond'`;
/** As in the rollups: a sample with an excluding flag says nothing about the slope. */
const valid = `(coalesce(quality, 0) & ${qualityMask([...excludingFlags])}) = 0`;
const atMs = '(extract(epoch from time) * 1000)::float8 as at, value, coalesce(quality, 0)::float8 as quality';

/** Readings of series $1 from $2 to $3. */
const rawSource = `
  select ${atMs} from ingest.reading_row where series = $1 and time >= ${instant('$2')} and time <= ${instant('$3')}`;

/**
 * The readings a rollup remembers (lowest, highest, first, last, each at its own time), and every reading of the buckets at
 * both ends, which the window cuts through, and of those not rolled up yet ($6). Where both know one,
 * its own flags win over those of its bucket.
 */
const rolledSource = (table: string, length: string): string => `
  with tail as materialized (
    select series, time, value, quality from ingest.reading_row where seq > $6 and time >= ${instant('$2')} and time <= ${instant('$3')}
  ), kept as (
    select (extract(epoch from bucket) * 1000)::float8 as start, r.* from ingest.rollup_${table} r
    where series = $1 and count > 0 and bucket > ${instant('$2')} - interval '${length}' and bucket <= ${instant('$3')}
  )
  select distinct on (at) at, value, quality from (
  select at, value, quality::float8 as quality from (
    select start + min_after as at, min as value, quality from kept union select start + max_after, max, quality from kept
    union select start + first_after, first, quality from kept union select start + last_after, last, quality from kept
  ) remembered where at >= $2 and at <= $3
  union all select ${atMs} from tail where series = $1 and ${valid}
  union all select ${atMs} from ingest.reading_row where series = $1 and ${valid}
    and (time >= ${instant('$2')} and time < ${instant('$2')} + interval '${length}' and time <= ${instant('$3')}
      or time > ${instant('$3')} - interval '${length}' and time <= ${instant('$3')} and time >= ${instant('$2')})
  ) each order by at, quality`;

/** So many numbers (seq) behind, the rollups are being made for the first time or again: the readings themselves are faster. */
const FAR_BEHIND = 500_000;

/**
 * At most `points` readings of a series between two times (included), extremes kept, drawn from the resolution that fits.
 * With fewer than four points there is no room for a whole bucket: highest, lowest, last come first.
 */
export async function reducedReadings(
  db: Database,
  series: number,
  from: number,
  to: number,
  points: number,
): Promise<{ resolution: Resolution; readings: { time: number; value: number; quality: string[] }[] }> {
  const buckets = Math.max(1, Math.floor(points / 4));
  const { resolution, rolledTo } = await chosen(db, from, to, points);
  const params = [series, from, to, buckets, points];
  const rows =
    resolution === 'raw'
      ? await db.query<Row>(reduce(rawSource), params)
      : await db.query<Row>(reduce(rolledSource(resolution, `${widthOf(resolution)} milliseconds`)), [...params, rolledTo]);
  const readings = rows.map(({ at, value, quality }) => ({ time: at, value, quality: qualityOf(quality) }));
  return { resolution, readings: readings.length <= points ? readings : mostTelling(readings, points) };
}

interface Row {
  at: number;
  value: number;
  quality: number;
}

async function chosen(db: Database, from: number, to: number, points: number): Promise<{ resolution: Resolution; rolledTo: number }> {
  const wanted = keptResolution(resolutionFor(from, to, points), from, await retentionState(db));
  if (wanted === 'raw') return { resolution: 'raw', rolledTo: 0 };
  const [mark] = await db.query<{ rolled_to: number; stored: number }>(
    `select rolled_to, coalesce((select max(last_seq) from ingest.store_time), rolled_to) as stored from ingest.rollup_mark`,
  );
  const rolledTo = mark?.rolled_to ?? 0;
  return { resolution: (mark?.stored ?? 0) - rolledTo > FAR_BEHIND ? 'raw' : wanted, rolledTo };
}

function mostTelling<T extends { time: number; value: number }>(readings: readonly T[], points: number): T[] {
  const byValue = readings.toSorted((a, b) => a.value - b.value);
  const ranked = [byValue.at(-1), byValue[0], readings.at(-1)].filter((reading) => reading !== undefined);
  return [...new Set(ranked)].slice(0, points).toSorted((a, b) => a.time - b.time);
}
