import type { Densified, DensifiedStore, DeviceIntervalStore } from '#libs/command';
import { toIso, type DeviceInterval } from '#libs/contracts';
import type { Database } from '../sql/database.js';

interface Row {
  device_id: string;
  valid_from: number;
  seconds: number;
  cause: DeviceInterval['cause'];
  msgid: number | null;
}

/** Upload intervals in force, with their history. */
export function pgDeviceIntervals(db: Database): DeviceIntervalStore {
  return {
    async history(deviceIds) {
      const rows = await db.query<Row>(
        `select device_id, valid_from, seconds, cause, msgid from command.device_interval
          where $1::text[] is null or device_id = any($1) order by device_id, valid_from`,
        [deviceIds ?? null],
      );
      return rows.map((row) => ({
        deviceId: row.device_id,
        validFrom: toIso(row.valid_from),
        seconds: row.seconds,
        cause: row.cause,
        msgid: row.msgid === null ? null : String(row.msgid),
      }));
    },

    async put({ deviceId, validFrom, seconds, cause, msgid }) {
      await db.tx(async (sql) => {
        await sql.run(
          `insert into command.device_interval (device_id, valid_from, seconds, cause, msgid) values ($1, $2, $3, $4, $5)
           on conflict (device_id, valid_from) do nothing`,
          [deviceId, validFrom, seconds, cause, msgid],
        );
        // The registry's own copy follows, so that the next start measures silence by it.
        await sql.run(
          `update command.device set record = jsonb_set(record, '{interval}', to_jsonb($2::integer)), version = version + 1
            where device_id = $1 and (record ->> 'interval')::integer <> $2`,
          [deviceId, seconds],
        );
      });
    },

    async saveZeros(deviceId, zeros) {
      await db.run(
        `update command.device set record = jsonb_set(record, '{zeros}', $2::jsonb), version = version + 1 where device_id = $1`,
        [deviceId, JSON.stringify(zeros)],
      );
    },
  };
}

/** Devices made denser by a warning. */
export function pgDensified(db: Database): DensifiedStore {
  return {
    async load() {
      const rows = await db.query<{ record: Densified }>('select record from command.densified order by device_id');
      return rows.map(({ record }) => record);
    },
    async save(densified) {
      await db.run(
        `insert into command.densified (device_id, hazard_point, record) values ($1, $2, $3)
         on conflict (device_id) do update set hazard_point = excluded.hazard_point, record = excluded.record`,
        [densified.deviceId, densified.hazardPoint, JSON.stringify(densified)],
      );
    },
    async remove(deviceId) {
      await db.run('delete from command.densified where device_id = $1', [deviceId]);
    },
  };
}
