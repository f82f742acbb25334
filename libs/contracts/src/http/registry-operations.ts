import { z } from 'zod';
import { IndicatorSeries, PointState } from '../point/decision.js';
import { DeviceCreate, DeviceProfileSummary, DeviceView } from '../device/device.js';
import { HazardPoint, HazardPointCreate, HazardPointPatch } from '../point/hazard-point.js';
import { PageQuery, pageOf } from '../page.js';
import { IsoTime } from '../time/time.js';
import { QueryTime, type Operation } from './operation.js';

/** The secret is in this answer and nowhere else: the station keeps a keyed hash. */
export const DeviceSecret = z.object({
  deviceId: z.string(),
  secret: z.string(),
  /** For devices that speak SL 651 (four digits) or HJ 212 (six): their frames have no room for the secret. Shown once, like it. */
  linkPasswords: z.object({ sl651: z.string(), hj212: z.string() }).optional(),
});

export const ReadingsQuery = PageQuery.extend({
  channel: z.string().min(1).max(80),
  /** Absent: 24 hours before `to`, or before now on the point's clock. */
  from: QueryTime.optional(),
  to: QueryTime.optional(),
  points: z.coerce.number().int().min(2).max(20_000).optional(),
});
export const ReadingSeries = z.object({
  channel: z.string(),
  unit: z.string(),
  resolution: z.enum(['raw', '1m', '1h', '1d']),
  readings: z.array(z.object({ time: IsoTime, value: z.number(), quality: z.array(z.string()) })),
  nextCursor: z.string().nullable(),
});
export type ReadingSeries = z.infer<typeof ReadingSeries>;

/** `drill` is known here only so that changing it can be refused by name instead of being ignored. */
const PointPatchBody = HazardPointPatch.extend({
  drill: z.unknown().optional(),
  version: z.number().int().optional(),
  /** Why the thresholds change, and the trial run that speaks for them: both stay readable in the point's threshold history. */
  reason: z.string().trim().min(1).max(500).optional(),
  trial: z.string().min(1).max(64).optional(),
});

export const registryOperations = {
  createHazardPoint: {
    method: 'POST',
    path: '/hazard-points',
    tag: 'registry',
    summary: { zh: '登记隐患点', en: 'Register a hazard point' },
    access: ['device-engineer'],
    body: HazardPointCreate,
    response: HazardPoint,
    status: 201,
  },
  listHazardPoints: {
    method: 'GET',
    path: '/hazard-points',
    tag: 'registry',
    summary: { zh: '隐患点列表', en: 'Hazard points in scope' },
    access: 'any',
    query: PageQuery.extend({ kind: HazardPoint.shape.kind.optional() }),
    response: pageOf(HazardPoint),
  },
  getHazardPoint: {
    method: 'GET',
    path: '/hazard-points/{unifiedCode}',
    tag: 'registry',
    summary: { zh: '隐患点', en: 'One hazard point' },
    access: 'any',
    response: HazardPoint,
  },
  updateHazardPoint: {
    method: 'PATCH',
    path: '/hazard-points/{unifiedCode}',
    tag: 'registry',
    summary: { zh: '修改隐患点', en: 'Change a hazard point; `closed: true` ends judgement and keeps the records' },
    access: ['device-engineer'],
    body: PointPatchBody,
    response: HazardPoint,
  },
  getHazardPointState: {
    method: 'GET',
    path: '/hazard-points/{unifiedCode}/state',
    tag: 'registry',
    summary: { zh: '隐患点当前研判状态', en: 'What the rulebook says of the point now' },
    access: 'any',
    response: PointState,
  },
  listHazardPointIndicators: {
    method: 'GET',
    path: '/hazard-points/{unifiedCode}/indicators',
    tag: 'registry',
    summary: { zh: '隐患点指标曲线', en: 'How the indicators of the point came to where they are' },
    access: 'any',
    query: PageQuery,
    response: pageOf(IndicatorSeries),
  },
  listDeviceProfiles: {
    method: 'GET',
    path: '/device-profiles',
    tag: 'registry',
    summary: { zh: '设备型谱', en: 'The instrument catalogue' },
    access: 'any',
    query: PageQuery,
    response: pageOf(DeviceProfileSummary),
  },
  createDevice: {
    method: 'POST',
    path: '/devices',
    tag: 'registry',
    summary: { zh: '登记设备', en: 'Register a device; its secret is shown once' },
    access: ['device-engineer'],
    body: DeviceCreate,
    response: DeviceSecret,
    status: 201,
  },
  listDevices: {
    method: 'GET',
    path: '/devices',
    tag: 'registry',
    summary: { zh: '设备列表', en: 'Devices in scope' },
    access: 'any',
    query: PageQuery.extend({ hazardPoint: z.string().optional() }),
    response: pageOf(DeviceView),
  },
  getDevice: {
    method: 'GET',
    path: '/devices/{id}',
    tag: 'registry',
    summary: { zh: '设备', en: 'One device with its state' },
    access: 'any',
    response: DeviceView,
  },
  getDeviceReadings: {
    method: 'GET',
    path: '/devices/{id}/readings',
    tag: 'registry',
    summary: { zh: '监测数据', en: 'Readings of one channel: raw and paged, or at most `points` with the extremes kept' },
    access: 'any',
    query: ReadingsQuery,
    response: ReadingSeries,
  },
} as const satisfies Record<string, Operation>;
