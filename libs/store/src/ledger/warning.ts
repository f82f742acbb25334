import type { WarningQuery, WarningStore } from '#libs/alert';
import type { Page, TimelineEntry, WarningRecord } from '#libs/contracts';
import { at, atOrNull, type Sql } from '../sql/database.js';
import { pageInTime } from '../sql/record-page.js';
import type { Statement } from '../sql/statement.js';

/** Warnings as they stand, in `alert.warning`; their histories in `alert.timeline`. Both are written by the ledger only. */
export function pgWarnings(db: Sql): WarningStore {
  return {
    async open() {
      return records(
        await db.query<Row>(`select record from alert.warning where state in ('candidate', 'confirmed') order by opened_at, id`),
      );
    },
    async newest() {
      return records(await db.query<Row>(newestOfEach));
    },
    async find(id) {
      return records(await db.query<Row>('select record from alert.warning where id = $1', [id]))[0];
    },
    async timeline(id) {
      const rows = await db.query<{ entry: TimelineEntry }>('select entry from alert.timeline where warning_id = $1 order by ordinal', [
        id,
      ]);
      return rows.map((row) => row.entry);
    },
    async published(since, limit) {
      const rows = await db.query<Row & { messages: TimelineEntry[] }>(
        `select w.record, t.messages from alert.warning w
          cross join lateral (select jsonb_agg(entry order by ordinal) as messages from alert.timeline
                               where warning_id = w.id and entry ? 'message') t
          where w.updated_at > $1 and (w.record #>> '{releases,public,version}')::int > 0 and t.messages is not null
          order by w.updated_at desc limit $2`,
        [at(since), limit],
      );
      return rows.map(({ record, messages }) => ({ warning: record, messages }));
    },
    list: (query) => list(db, query),
  };
}

const newestOfEach = `select distinct on (hazard_point) record from alert.warning
  order by hazard_point, state in ('candidate', 'confirmed') desc, opened_at desc, id desc`;

interface Row {
  record: WarningRecord;
}
const records = (rows: readonly Row[]): WarningRecord[] => rows.map((row) => row.record);

/** Newest first. `state` may name several, joined by commas. */
const list = (db: Sql, query: WarningQuery): Promise<Page<WarningRecord>> =>
  pageInTime<Row & { id: string; opened_at: number }, WarningRecord>(
    db,
    {
      table: 'alert.warning',
      columns: 'id, opened_at, record',
      time: 'opened_at',
      where: `starts_with(division_code, $1)
        and ($2::text is null or state = any(string_to_array($2, ',')))
        and ($3::text is null or hazard_point = $3)
        and ($4::timestamptz is null or opened_at >= $4)`,
      values: [query.scope, query.state ?? null, query.hazardPoint ?? null, atOrNull(query.from)],
    },
    query,
    (row) => row.record,
  );

/** Upserts; an older `version` never overwrites a newer one. */
export const warningStatement = (warning: WarningRecord): Statement => ({
  name: 'write-warning',
  text: `insert into alert.warning (id, hazard_point, division_code, level, state, exercise, opened_at, record, version, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     on conflict (id) do update set level = excluded.level, state = excluded.state, record = excluded.record,
       version = excluded.version, updated_at = excluded.updated_at
     where alert.warning.version < excluded.version`,
  values: [
    warning.id,
    warning.hazardPoint,
    warning.divisionCode,
    warning.level,
    warning.state,
    warning.exercise,
    warning.openedAt,
    JSON.stringify(warning),
    warning.version,
    warning.updatedAt,
  ],
});

/** Adds entries that are not there yet, in the order given. Their warning must exist. */
export const timelineStatement = (entries: readonly (TimelineEntry & { warningId: string })[]): Statement => ({
  name: 'write-timeline',
  text: `insert into alert.timeline (id, warning_id, at, division_code, entry)
     select t.entry ->> 'id', t.warning, (t.entry ->> 'at')::timestamptz, (select division_code from alert.warning w where w.id = t.warning),
            t.entry - 'warningId'
       from unnest($1::text[], $2::jsonb[]) with ordinality as t (warning, entry, place) order by t.place
     on conflict (id) do nothing`,
  values: [entries.map((entry) => entry.warningId), entries.map((entry) => JSON.stringify(entry))],
});
