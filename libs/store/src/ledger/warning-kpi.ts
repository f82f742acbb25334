import type { WarningKpiStore } from '#libs/command';
import { Incident, type WarningRecord } from '#libs/contracts';
import { at, type Sql } from '../sql/database.js';
import { pageInTime } from '../sql/record-page.js';

type Counted = Awaited<ReturnType<WarningKpiStore['opened']>>[number];
/** Only what is counted: a season of records with their evidence is megabytes. */
const fields = [
  'id',
  'hazardPoint',
  'peak',
  'state',
  'openedAt',
  'expiresAt',
  'confirmedAt',
  'endedAt',
  'disposal',
] as const satisfies readonly (keyof WarningRecord)[];
const columns = fields.map((field) => `'${field}', record -> '${field}'`).join(', ');
const counted = `jsonb_strip_nulls(jsonb_build_object(${columns})) as record`;

interface IncidentRow {
  id: string;
  occurred_at: number;
  record: unknown;
}

/** What warnings were, and what happened, as the figures count them. */
export const pgWarningKpis = (db: Sql): WarningKpiStore => ({
  async opened(from, to, division) {
    const rows = await db.query<{ record: Counted }>(
      `select ${counted} from alert.warning
        where opened_at >= $1 and opened_at < $2 and starts_with(division_code, $3) and not exercise order by opened_at, id`,
      [at(from), at(to), division],
    );
    return rows.map(({ record }) => record);
  },
  async openedBefore(to, hazardPoints) {
    const rows = await db.query<{ record: Counted }>(
      `select ${counted} from unnest($2::text[]) as p (code)
        cross join lateral (select record from alert.warning where hazard_point = p.code and opened_at < $1 and not exercise
                            order by opened_at desc limit 100) w`,
      [at(to), [...hazardPoints]],
    );
    return rows.map(({ record }) => record);
  },
  async insertIncident(incident) {
    await db.run('insert into alert.incident (id, hazard_point, division_code, occurred_at, record) values ($1, $2, $3, $4, $5)', [
      incident.id,
      incident.hazardPoint,
      incident.divisionCode,
      incident.occurredAt,
      JSON.stringify(incident),
    ]);
  },
  async incidents(from, to, division) {
    const rows = await db.query<IncidentRow>(
      `select id, occurred_at, record from alert.incident
        where occurred_at >= $1 and occurred_at < $2 and starts_with(division_code, $3) order by occurred_at, id`,
      [at(from), at(to), division],
    );
    return rows.map(({ record }) => Incident.parse(record));
  },
  listIncidents: ({ scope, hazardPoint, ...page }) =>
    pageInTime<IncidentRow, Incident>(
      db,
      {
        table: 'alert.incident',
        columns: 'id, occurred_at, record',
        time: 'occurred_at',
        where: 'starts_with(division_code, $1) and ($2::text is null or hazard_point = $2)',
        values: [scope, hazardPoint ?? null],
      },
      page,
      (row) => Incident.parse(row.record),
    ),
});
