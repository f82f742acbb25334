import type { RegistryStore } from '#libs/command';
import { HazardPoint, Problem, type ThresholdChange } from '#libs/contracts';
import { z } from 'zod';
import type { Database, Sql } from '../sql/database.js';
import { insertDevice, loadDevices, removeDevice, renewSecret } from './device.js';
import { writeThresholdChange } from '../judgement/threshold.js';

/** Points and devices. The record is kept whole in jsonb and checked on the way out: a release may have changed its shape. */
export function pgRegistry(db: Database): RegistryStore {
  return {
    async load() {
      const points = await db.query<{ record: unknown }>('select record from command.hazard_point order by unified_code');
      return {
        points: z.array(HazardPoint).parse(points.map((row) => row.record)),
        ...(await loadDevices(db)),
      };
    },
    insertPoint: (point, thresholds) => db.tx((sql) => withThresholds(sql, point, thresholds, insertPoint)),
    updatePoint: (point, thresholds) => db.tx((sql) => withThresholds(sql, point, thresholds, updatePoint)),
    insertDevice: (device) => insertDevice(db, device),
    removeDevice: (deviceId, when) => removeDevice(db, deviceId, when),
    renewSecret: (deviceId, secretHash) => renewSecret(db, deviceId, secretHash),
  };
}

/** The point's record and the record of its new thresholds, together or not at all. */
async function withThresholds(
  sql: Sql,
  point: HazardPoint,
  thresholds: ThresholdChange | undefined,
  write: (sql: Sql, point: HazardPoint) => Promise<void>,
): Promise<void> {
  await write(sql, point);
  if (thresholds) await writeThresholdChange(sql, thresholds, point.divisionCode);
}

async function insertPoint(db: Sql, point: HazardPoint): Promise<void> {
  const written = await db.run(
    `insert into command.hazard_point (unified_code, division_code, name, kind, longitude, latitude, closed, record, version, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict (unified_code) do nothing`,
    [...pointColumns(point), point.version, point.createdAt, point.updatedAt],
  );
  if (written === 0) throw new Problem('already-exists', `hazard point ${point.unifiedCode} is registered already; change it with PATCH`);
}

async function updatePoint(db: Sql, point: HazardPoint): Promise<void> {
  const written = await db.run(
    `update command.hazard_point set division_code = $2, name = $3, kind = $4, longitude = $5, latitude = $6, closed = $7, record = $8,
       version = $9, updated_at = $10 where unified_code = $1 and version = $9 - 1`,
    [...pointColumns(point), point.version, point.updatedAt],
  );
  if (written === 1) return;
  const [stored] = await db.query<{ version: number }>('select version from command.hazard_point where unified_code = $1', [
    point.unifiedCode,
  ]);
  if (!stored) throw new Problem('not-found', `no hazard point ${point.unifiedCode}`);
  throw new Problem(
    'version-conflict',
    `hazard point ${point.unifiedCode} is at version ${stored.version}; read it again and repeat the change`,
    {
      version: stored.version,
    },
  );
}

const pointColumns = (point: HazardPoint): unknown[] => [
  point.unifiedCode,
  point.divisionCode,
  point.name,
  point.kind,
  point.longitude,
  point.latitude,
  point.closed,
  JSON.stringify(point),
];
