import { z } from 'zod';
import { DeviceId, UnifiedCode } from '../point/ids.js';
import { MaintenanceCreate, MaintenanceWindow } from '../warning/maintenance.js';
import { PageQuery, pageOf } from '../page.js';
import type { Operation } from './operation.js';

export const maintenanceOperations = {
  createMaintenance: {
    method: 'POST',
    path: '/maintenance',
    tag: 'devices',
    summary: {
      zh: '登记运维屏蔽时段（不超过 72 小时）',
      en: 'Declare maintenance of a device or a point, 72 hours at most; levels are judged all the same',
    },
    access: ['device-engineer', 'duty'],
    body: MaintenanceCreate,
    response: MaintenanceWindow,
    status: 201,
  },
  listMaintenance: {
    method: 'GET',
    path: '/maintenance',
    tag: 'devices',
    summary: { zh: '运维屏蔽时段', en: 'Maintenance windows, newest first' },
    access: 'any',
    query: PageQuery.extend({
      device: DeviceId.optional(),
      hazardPoint: UnifiedCode.optional(),
      /** `true`: only those not over yet. */
      open: z.enum(['true', 'false']).optional(),
    }),
    response: pageOf(MaintenanceWindow),
  },
  endMaintenance: {
    method: 'POST',
    path: '/maintenance/{id}/end',
    tag: 'devices',
    summary: { zh: '提前结束运维屏蔽', en: 'End a maintenance window before its time' },
    access: ['device-engineer', 'duty'],
    response: MaintenanceWindow,
  },
} as const satisfies Record<string, Operation>;
