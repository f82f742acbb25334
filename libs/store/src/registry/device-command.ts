import type { DeviceCommandStore } from '#libs/command';
import { DeviceCommand } from '#libs/contracts';
import type { Sql } from '../sql/database.js';
import { numberKey, toPage } from '../sql/record-page.js';

interface Row {
  msgid: number;
  record: unknown;
}

/** Commands to devices and their history. */
export function pgDeviceCommands(db: Sql): DeviceCommandStore {
  return {
    async open() {
      const rows = await db.query<Row>(`select msgid, record from command.device_command where state in ('queued', 'sent') order by msgid`);
      return rows.map(commandOf);
    },

    async lastMsgid() {
      const [row] = await db.query<{ last: number | null }>('select max(msgid) as last from command.device_command');
      return row?.last === null || row === undefined ? '' : String(row.last);
    },

    async insert(command) {
      await db.run(
        `insert into command.device_command (msgid, device_id, division_code, state, created_at, record, version)
         values ($1, $2, $3, $4, $5, $6, $7)`,
        columns(command),
      );
    },

    async update(command) {
      await db.run('update command.device_command set state = $2, record = $3, version = $4 where msgid = $1 and version < $4', [
        command.msgid,
        command.state,
        JSON.stringify(command),
        command.version,
      ]);
    },

    async find(msgid) {
      // What a device sends as a number is its own business: only one we could have given out is looked up.
      if (!/^\d{1,15}$/.test(msgid)) return undefined;
      const [row] = await db.query<Row>('select msgid, record from command.device_command where msgid = $1', [msgid]);
      return row && commandOf(row);
    },

    async list({ deviceId, state, limit, cursor }) {
      const rows = await db.query<Row>(
        `select msgid, record from command.device_command
          where device_id = $1 and ($2::text is null or state = $2) and ($3::bigint is null or msgid < $3)
          order by msgid desc limit $4`,
        [deviceId, state ?? null, numberKey(cursor) ?? null, limit + 1],
      );
      return toPage(rows, limit, (row) => [row.msgid, ''], commandOf);
    },
  };
}

/** Whichever of two versions of a command arrives last: the newer one stays. */
export async function putDeviceCommand(db: Sql, command: DeviceCommand): Promise<void> {
  await db.run(
    `insert into command.device_command as known (msgid, device_id, division_code, state, created_at, record, version)
     values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (msgid) do update set state = excluded.state, record = excluded.record, version = excluded.version
      where known.version < excluded.version`,
    columns(command),
  );
}

const columns = (command: DeviceCommand): unknown[] => [
  command.msgid,
  command.deviceId,
  command.divisionCode,
  command.state,
  command.createdAt,
  JSON.stringify(command),
  command.version,
];

const commandOf = (row: Row): DeviceCommand => DeviceCommand.parse(row.record);
