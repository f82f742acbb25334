import type { ResponsePlanStore, ResponseStore } from '#libs/command';
import { DefenceResponse, Problem, ResponsePlan } from '#libs/contracts';
import type { Sql } from '../sql/database.js';
import { pageInTime } from '../sql/record-page.js';
import type { Statement } from '../sql/statement.js';

/** Response plans, in `alert.response_plan`. */
export const pgResponsePlans = (db: Sql): ResponsePlanStore => ({
  async all() {
    const rows = await db.query<{ record: unknown }>('select record from alert.response_plan order by hazard_point');
    return rows.map(({ record }) => ResponsePlan.parse(record));
  },
  async save(plan, divisionCode) {
    const rows = await db.query(
      `insert into alert.response_plan (hazard_point, division_code, record, version) values ($1, $2, $3, $4)
       on conflict (hazard_point) do update set record = excluded.record, version = excluded.version
       where alert.response_plan.version < excluded.version returning hazard_point`,
      [plan.hazardPoint, divisionCode, JSON.stringify(plan), plan.version],
    );
    if (rows.length === 0)
      throw new Problem('version-conflict', `The plan of ${plan.hazardPoint} was written by somebody else meanwhile; read it again`);
  },
});

interface Row {
  id: string;
  started_at: number;
  record: unknown;
}

/** Responses, in `alert.response`; written by the ledger only. */
export const pgResponses = (db: Sql): ResponseStore => ({
  async find(id) {
    const [row] = await db.query<Row>('select id, started_at, record from alert.response where id = $1', [id]);
    return row && DefenceResponse.parse(row.record);
  },
  // One of a whole city is a county's business too.
  list: ({ scope, hazardPoint, division, open, ...page }) =>
    pageInTime<Row, DefenceResponse>(
      db,
      {
        table: 'alert.response',
        columns: 'id, started_at, record',
        time: 'started_at',
        where: `(starts_with(division_code, $1) or (hazard_point is null and starts_with($1, division_code)))
          and ($2::text is null or hazard_point = $2)
          and ($3::text is null or division_code = $3)
          and (not $4 or state = 'in-force')`,
        values: [scope, hazardPoint ?? null, division ?? null, open ?? false],
      },
      page,
      (row) => DefenceResponse.parse(row.record),
    ),
});

/** Upserts; an older `version` never overwrites a newer one. */
export const responseStatement = (response: DefenceResponse): Statement => ({
  name: 'write-response',
  text: `insert into alert.response (id, hazard_point, division_code, state, started_at, record, version) values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (id) do update set state = excluded.state, record = excluded.record, version = excluded.version
     where alert.response.version < excluded.version`,
  values: [
    response.id,
    response.hazardPoint ?? null,
    response.divisionCode,
    response.state,
    response.steps[0]?.at,
    JSON.stringify(response),
    response.version,
  ],
});
