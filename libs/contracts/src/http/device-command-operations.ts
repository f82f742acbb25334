import { z } from 'zod';
import { CommandState, DeviceCommand, DeviceCommandCreate, DeviceInterval } from '../device/device-command.js';
import { KpiReport, kpiGroups } from '../device/device-kpi.js';
import { DivisionCode } from '../point/division.js';
import { PageQuery, pageOf } from '../page.js';
import type { Operation } from './operation.js';

const CivilDay = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'day: YYYY-MM-DD (Asia/Shanghai)');

export const deviceCommandOperations = {
  sendDeviceCommand: {
    method: 'POST',
    path: '/devices/{id}/commands',
    tag: 'devices',
    summary: { zh: '下发指令', en: 'Send a command to a device; one that sleeps gets it when it connects' },
    access: ['device-engineer'],
    body: DeviceCommandCreate,
    response: DeviceCommand,
    status: 201,
  },
  listDeviceCommands: {
    method: 'GET',
    path: '/devices/{id}/commands',
    tag: 'devices',
    summary: { zh: '指令历史', en: 'Commands of a device, newest first: who, when, tries, answer, why' },
    access: 'any',
    query: PageQuery.extend({ state: CommandState.optional() }),
    response: pageOf(DeviceCommand),
  },
  cancelDeviceCommand: {
    method: 'POST',
    path: '/devices/{id}/commands/{msgid}/cancel',
    tag: 'devices',
    summary: { zh: '撤销指令', en: 'Withdraw a command; one that was sent may have been carried out all the same' },
    access: ['device-engineer'],
    response: DeviceCommand,
  },
  listDeviceIntervals: {
    method: 'GET',
    path: '/devices/{id}/intervals',
    tag: 'devices',
    summary: { zh: '上传间隔历史', en: 'Upload intervals of a device, each with the time since when it is in force' },
    access: 'any',
    query: PageQuery,
    response: pageOf(DeviceInterval),
  },
  getKpis: {
    method: 'GET',
    path: '/kpis',
    tag: 'devices',
    summary: { zh: '设备考核指标', en: 'Online, transmission and command completion rates of an area over a span of days' },
    access: 'any',
    query: PageQuery.extend({
      /** Absent: the first day of this month. */
      from: CivilDay.optional(),
      /** Absent: today. */
      to: CivilDay.optional(),
      division: DivisionCode.optional(),
      by: z.enum(kpiGroups).default('division'),
    }),
    response: KpiReport,
  },
} as const satisfies Record<string, Operation>;
