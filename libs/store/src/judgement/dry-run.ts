import type { DryRunStore } from '#libs/command';
import { PointImpact, PointThreshold, toIso, type DryRun, type DryRunState, type StoredReading } from '#libs/contracts';
import { z } from 'zod';
import { at, type Sql } from '../sql/database.js';
import { readingColumns, readingOf, type ReadingRow } from '../reading/reading-row.js';
import { pageInTime } from '../sql/record-page.js';

const head = `id, rulebook, rule_version, against, trial, from_at, to_at, requested_by, requested_at, reason, state, progress, finished_at, fault`;

/** Dry runs and their reports; and the readings they go over, a piece at a time. */
export function pgDryRuns(db: Sql): DryRunStore {
  return {
    async insert(run) {
      await db.run(
        `insert into evaluate.dry_run (id, rulebook, rule_version, against, trial, from_at, to_at, requested_by, requested_at, reason, state, progress, division_code)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,
           coalesce((select division_code from command.hazard_point where unified_code = $5::jsonb ->> 'hazardPoint'), ''))`,
        [
          run.id,
          run.rulebook,
          run.version,
          run.against,
          run.trial === null ? null : JSON.stringify(run.trial),
          run.from,
          run.to,
          run.requestedBy,
          run.requestedAt,
          run.reason,
          run.state,
          run.progress,
        ],
      );
    },

    async find(id) {
      const [row] = await db.query<Row>(`select ${head}, items from evaluate.dry_run where id = $1`, [id]);
      return row && runOf(row);
    },

    list: ({ rulebook, ...page }) =>
      pageInTime<Row, Omit<DryRun, 'totals'>>(
        db,
        { table: 'evaluate.dry_run', columns: head, time: 'requested_at', where: 'rulebook = $1', values: [rulebook] },
        page,
        runOf,
      ),

    async unfinished() {
      return (
        await db.query<Row>(`select ${head} from evaluate.dry_run where state in ('queued', 'running') order by requested_at, id`)
      ).map(runOf);
    },

    async finished(rulebook, version, against) {
      const [row] = await db.query<Row>(
        `select ${head} from evaluate.dry_run where rulebook = $1 and rule_version = $2 and against is not distinct from $3
           and trial is null and state = 'done' order by finished_at desc, id desc limit 1`,
        [rulebook, version, against],
      );
      return row && runOf(row);
    },

    async progress(id, progress) {
      await db.run(
        `update evaluate.dry_run set state = 'running', progress = $2, version = version + 1 where id = $1 and finished_at is null`,
        [id, progress],
      );
    },

    async finish(id, when, outcome) {
      await db.run(
        `update evaluate.dry_run set state = $2, progress = case when $2 = 'done' then 1 else progress end, finished_at = $3, fault = $4, items = $5,
           version = version + 1 where id = $1 and finished_at is null`,
        'fault' in outcome ? [id, 'failed', at(when), outcome.fault, '[]'] : [id, 'done', at(when), null, JSON.stringify(outcome.items)],
      );
    },

    async readings(hazardPoint, from, to): Promise<StoredReading[]> {
      // Series by series through the primary key, as the warm start does.
      const rows = await db.query<ReadingRow>(
        `select ${readingColumns} from ingest.point p
           join ingest.point_series ps on ps.point = p.key
           join ingest.reading r on r.series = ps.series and r.point = p.key
           join ingest.series s on s.key = r.series
          where p.unified_code = $1 and r.time >= $2 and r.time < $3 order by r.seq`,
        [hazardPoint, at(from), at(to)],
      );
      return rows.map(readingOf);
    },
  };
}

interface Row {
  id: string;
  rulebook: string;
  rule_version: string;
  against: string | null;
  trial: unknown;
  from_at: number;
  to_at: number;
  requested_by: string;
  requested_at: number;
  reason: string;
  state: DryRunState;
  progress: number;
  finished_at: number | null;
  fault: string | null;
  items?: unknown;
}

const Trial = z.object({ hazardPoint: z.string(), thresholds: z.array(PointThreshold) }).nullable();

const runOf = (row: Row): Omit<DryRun, 'totals'> => ({
  id: row.id,
  rulebook: row.rulebook,
  version: row.rule_version,
  against: row.against,
  trial: Trial.parse(row.trial),
  from: toIso(row.from_at),
  to: toIso(row.to_at),
  requestedBy: row.requested_by,
  requestedAt: toIso(row.requested_at),
  reason: row.reason,
  state: row.state,
  progress: row.progress,
  finishedAt: row.finished_at === null ? null : toIso(row.finished_at),
  fault: row.fault,
  items: z.array(PointImpact).parse(row.items ?? []),
});
