import { Device, Problem, type RegisteredDevice } from '#libs/contracts';
import { at, type Sql } from '../sql/database.js';
import { DataRefused } from '../sql/errors.js';

/** Every device, those that were removed apart. */
export async function loadDevices(db: Sql): Promise<{ devices: RegisteredDevice[]; removed: RegisteredDevice[] }> {
  const rows = await db.query<{ record: unknown; secret_hash: string; removed: boolean }>(
    'select record, secret_hash, removed_at is not null as removed from command.device order by device_id',
  );
  const read = (removed: boolean): RegisteredDevice[] =>
    rows.filter((row) => row.removed === removed).map((row) => ({ ...Device.parse(row.record), secretHash: row.secret_hash }));
  return { devices: read(false), removed: read(true) };
}

/** What a point's judgement kept of a device: baselines, holds. Kept by `indicator|device|series`, see libs/evaluate's PointMemory. */
const withoutDevice = `jsonb_set(m.state::jsonb, '{indicators}', (select coalesce(jsonb_object_agg(i.key, i.value), '{}')
  from jsonb_each(m.state::jsonb -> 'indicators') i where split_part(i.key, '|', 2) <> $1))::json`;

/**
 * Under the number of a removed one it is another instrument: a baseline of the earlier one would make a movement of the difference of two zeros.
 * @throws Problem already-exists unless the one of this number was removed, not-found without its point
 */
export async function insertDevice(db: Sql, { secretHash, ...device }: RegisteredDevice): Promise<void> {
  try {
    const written = await db.run(
      `with joined as (insert into command.device as known (device_id, hazard_point, division_code, profile, parent, secret_hash, record, created_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8)
       on conflict (device_id) do update set hazard_point = excluded.hazard_point, division_code = excluded.division_code,
         profile = excluded.profile, parent = excluded.parent, secret_hash = excluded.secret_hash, record = excluded.record,
         created_at = excluded.created_at, rejoined_at = excluded.created_at, removed_at = null, version = known.version + 1
       where known.removed_at is not null returning rejoined_at is not null as again
       ), forgotten as (
         update evaluate.mark m set state = ${withoutDevice} from joined
          where joined.again and jsonb_typeof(m.state::jsonb -> 'indicators') = 'object' and m.state::text like '%|' || $1 || '|%'
       ) select 1 from joined`,
      [
        device.deviceId,
        device.hazardPoint,
        device.divisionCode,
        device.profile,
        device.parent ?? null,
        secretHash,
        JSON.stringify(device),
        device.createdAt,
      ],
    );
    if (written === 0) throw new Problem('already-exists', `device ${device.deviceId} is registered already`);
  } catch (error) {
    if (error instanceof DataRefused && error.sqlState === '23503')
      throw new Problem('not-found', `no hazard point ${device.hazardPoint}; register it before its devices`);
    throw error;
  }
}

/** The row stays for its readings; no hash is like what stands in place of the secret's. @throws Problem not-found */
export async function removeDevice(db: Sql, deviceId: string, when: number): Promise<void> {
  const written = await db.run(
    `update command.device set removed_at = $2, secret_hash = 'removed ' || device_id, version = version + 1
      where device_id = $1 and removed_at is null`,
    [deviceId, at(when)],
  );
  if (written === 0) throw new Problem('not-found', `no device ${deviceId}`);
}

/** @throws Problem not-found */
export async function renewSecret(db: Sql, deviceId: string, secretHash: string): Promise<void> {
  const written = await db.run(
    'update command.device set secret_hash = $2, version = version + 1 where device_id = $1 and removed_at is null',
    [deviceId, secretHash],
  );
  if (written === 0) throw new Problem('not-found', `no device ${deviceId}`);
}
