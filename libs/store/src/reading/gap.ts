import type { GapQueries } from '#libs/command';
import type { DataGap } from '#libs/contracts';
import type { GapLog } from '#libs/ingest';
import type { Sql } from '../sql/database.js';
import { timeKey, toPage } from '../sql/record-page.js';

interface Row {
  device_id: string;
  from_at: number;
  to_at: number;
  hazard_point: string;
  interval_s: number;
  missing: number;
  holes: DataGap['holes'];
  state: DataGap['state'];
  found_at: number;
  ended_at: number | null;
}

const columns = 'device_id, from_at, to_at, hazard_point, interval_s, missing, holes, state, found_at, ended_at';
const ms = (parameter: string): string => `timestamptz 'epoch' + ${parameter} * interval '1 millisecond'`;

/**
 * A gap that has ended stays ended: after a crash one may be found again that was filled meanwhile, and a filled one must not be
 * reopened by an older picture of it.
 */
const upsert = `
insert into ingest.gap (${columns})
select g.device_id, ${ms('g.from_at')}, ${ms('g.to_at')}, g.hazard_point, g.interval_s, g.missing, g.holes, g.state,
       ${ms('g.found_at')}, ${ms('g.ended_at')}
from jsonb_to_recordset($1::jsonb) g (device_id text, from_at bigint, to_at bigint, hazard_point text, interval_s integer,
       missing integer, holes jsonb, state text, found_at bigint, ended_at bigint)
on conflict (device_id, from_at) do update
  set holes = excluded.holes, state = excluded.state, ended_at = excluded.ended_at
  where gap.state = 'open'`;

/** Gaps in what devices sent; one adapter for who finds them and who asks for them. */
export const pgGaps = (db: Sql): GapLog & GapQueries => ({
  async open() {
    const rows = await db.query<Row>(`select ${columns} from ingest.gap where state = 'open' order by device_id, from_at`);
    return rows.map(gapOf);
  },

  async save(gaps) {
    await db.run(upsert, [JSON.stringify(gaps.map(rowOf))]);
  },

  async list({ deviceId, state, from, to, limit, cursor }) {
    const rows = await db.query<Row>(
      `select ${columns} from ingest.gap
       where device_id = $1 and ($2::text is null or state = $2)
         and ($3::bigint is null or to_at >= ${ms('$3::bigint')}) and ($4::bigint is null or from_at <= ${ms('$4::bigint')})
         and ($5::bigint is null or from_at < ${ms('$5::bigint')})
       order by from_at desc limit $6`,
      [deviceId, state ?? null, from ?? null, to ?? null, timeKey(cursor) ?? null, limit + 1],
    );
    return toPage(rows, limit, (row) => [row.from_at, ''], gapOf);
  },
});

const rowOf = (gap: DataGap): Row => ({
  device_id: gap.deviceId,
  from_at: gap.from,
  to_at: gap.to,
  hazard_point: gap.hazardPoint,
  interval_s: gap.interval,
  missing: gap.missing,
  holes: gap.holes,
  state: gap.state,
  found_at: gap.foundAt,
  ended_at: gap.endedAt,
});

const gapOf = (row: Row): DataGap => ({
  deviceId: row.device_id,
  hazardPoint: row.hazard_point,
  from: row.from_at,
  to: row.to_at,
  interval: row.interval_s,
  missing: row.missing,
  holes: row.holes,
  state: row.state,
  foundAt: row.found_at,
  endedAt: row.ended_at,
});
