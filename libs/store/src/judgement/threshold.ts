import type { ThresholdStore } from '#libs/command';
import { PointThreshold, toIso, type ThresholdChange } from '#libs/contracts';
import { z } from 'zod';
import type { Sql } from '../sql/database.js';
import { numberKey, toPage } from '../sql/record-page.js';

/** Changes of the thresholds points have of their own. */
export const pgThresholds = (db: Sql): ThresholdStore => ({
  async list({ hazardPoint, limit, cursor }) {
    const rows = await db.query<Row>(
      `select id, hazard_point, at, by_user, reason, trial, before, after, point_version from command.threshold_change
        where hazard_point = $1 and ($2::bigint is null or point_version < $2) order by point_version desc limit $3`,
      [hazardPoint, numberKey(cursor) ?? null, limit + 1],
    );
    return toPage(rows, limit, (row) => [row.point_version, row.id], changeOf);
  },
});

/** Inside the transaction that writes the point's record. */
export async function writeThresholdChange(sql: Sql, change: ThresholdChange, divisionCode: string): Promise<void> {
  await sql.run(
    `insert into command.threshold_change (id, hazard_point, at, by_user, reason, trial, before, after, point_version, division_code)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      change.id,
      change.hazardPoint,
      change.at,
      change.by,
      change.reason,
      change.trial,
      JSON.stringify(change.before),
      JSON.stringify(change.after),
      change.pointVersion,
      divisionCode,
    ],
  );
}

interface Row {
  id: string;
  hazard_point: string;
  at: number;
  by_user: string;
  reason: string;
  trial: string | null;
  before: unknown;
  after: unknown;
  point_version: number;
}

const Thresholds = z.array(PointThreshold);
const changeOf = (row: Row): ThresholdChange => ({
  id: row.id,
  hazardPoint: row.hazard_point,
  at: toIso(row.at),
  by: row.by_user,
  reason: row.reason,
  trial: row.trial,
  before: Thresholds.parse(row.before),
  after: Thresholds.parse(row.after),
  pointVersion: row.point_version,
});
