import type { MaintenanceStore } from '#libs/command';
import { MaintenanceWindow, spanEnd, Problem, toIso } from '#libs/contracts';
import { atOrNull, type Sql } from '../sql/database.js';
import { pageInTime } from '../sql/record-page.js';

interface Row {
  id: string;
  from_at: number;
  record: unknown;
}

/** Maintenance windows and their history. */
export const pgMaintenance = (db: Sql): MaintenanceStore => ({
  async endingAfter(since) {
    const rows = await db.query<Row>('select id, from_at, record from command.maintenance where ends_at > $1 order by id', [toIso(since)]);
    return rows.map(windowOf);
  },

  async find(id) {
    const [row] = await db.query<Row>('select id, from_at, record from command.maintenance where id = $1', [id]);
    return row && windowOf(row);
  },

  async insert(window) {
    await db.run(
      `insert into command.maintenance (id, device_id, hazard_point, division_code, from_at, ends_at, record, version)
       values ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [
        window.id,
        window.deviceId ?? null,
        window.hazardPoint,
        window.divisionCode,
        window.from,
        toIso(spanEnd(window)),
        JSON.stringify(window),
        window.version,
      ],
    );
  },

  async update(window) {
    const written = await db.run(
      'update command.maintenance set ends_at = $2, record = $3, version = $4 where id = $1 and version = $4 - 1',
      [window.id, toIso(Math.max(spanEnd(window), Date.parse(window.from))), JSON.stringify(window), window.version],
    );
    if (written === 0) throw new Problem('version-conflict', `maintenance ${window.id} was changed meanwhile; read it again`);
  },

  list: ({ scope, deviceId, hazardPoint, openAt, ...page }) =>
    pageInTime<Row, MaintenanceWindow>(
      db,
      {
        table: 'command.maintenance',
        columns: 'id, from_at, record',
        time: 'from_at',
        where: `starts_with(division_code, $1) and ($2::text is null or device_id = $2) and ($3::text is null or hazard_point = $3)
          and ($4::timestamptz is null or ends_at > $4)`,
        values: [scope, deviceId ?? null, hazardPoint ?? null, atOrNull(openAt)],
      },
      page,
      windowOf,
    ),
});

const windowOf = (row: Row): MaintenanceWindow => MaintenanceWindow.parse(row.record);
