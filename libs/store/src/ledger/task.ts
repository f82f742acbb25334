import type { TaskQuery, TaskStore } from '#libs/alert';
import type { Page, Task } from '#libs/contracts';
import type { Sql } from '../sql/database.js';
import { pageInTime } from '../sql/record-page.js';
import type { Statement } from '../sql/statement.js';

interface Row {
  record: Task;
}
const records = (rows: readonly Row[]): Task[] => rows.map((row) => row.record);

/** Tasks as they stand, in `alert.task`; written by the ledger only. */
export const pgTasks = (db: Sql): TaskStore => ({
  async open() {
    return records(await db.query<Row>(`select record from alert.task where state <> 'closed' order by due_at, id`));
  },
  async find(id) {
    return records(await db.query<Row>('select record from alert.task where id = $1', [id]))[0];
  },
  async ofWarning(warningId) {
    return records(await db.query<Row>('select record from alert.task where warning_id = $1 order by created_at, id', [warningId]));
  },
  list: (query) => list(db, query),
});

/** Newest first. `state` may name several, joined by commas. */
const list = (db: Sql, query: TaskQuery): Promise<Page<Task>> =>
  pageInTime<Row & { id: string; created_at: number }, Task>(
    db,
    {
      table: 'alert.task',
      columns: 'id, created_at, record',
      time: 'created_at',
      where: `starts_with(division_code, $1)
        and ($2::text is null or warning_id = $2)
        and ($3::text is null or hazard_point = $3)
        and ($4::text is null or kind = $4)
        and ($5::text is null or state = any(string_to_array($5, ',')))`,
      values: [query.scope, query.warning ?? null, query.hazardPoint ?? null, query.kind ?? null, query.state ?? null],
    },
    query,
    (row) => row.record,
  );

/** Upserts; an older `version` never overwrites a newer one. */
export const taskStatement = (task: Task): Statement => ({
  name: 'write-task',
  text: `insert into alert.task (id, warning_id, hazard_point, division_code, kind, state, due_at, created_at, record, version)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     on conflict (id) do update set state = excluded.state, due_at = excluded.due_at, record = excluded.record, version = excluded.version
     where alert.task.version < excluded.version`,
  values: [
    task.id,
    task.warningId,
    task.hazardPoint,
    task.divisionCode,
    task.kind,
    task.state,
    task.dueAt,
    task.createdAt,
    JSON.stringify(task),
    task.version,
  ],
});
