import type { Operation } from './operation.js';
import { DeviceSecret } from './registry-operations.js';

export const deviceLifeOperations = {
  removeDevice: {
    method: 'DELETE',
    path: '/devices/{id}',
    tag: 'registry',
    summary: {
      zh: '注销设备：立即断开，密钥作废，数据保留',
      en: 'Remove a device: disconnected at once, its secret is worthless, its readings stay',
    },
    access: ['device-engineer'],
    response: null,
  },
  renewDeviceSecret: {
    method: 'POST',
    path: '/devices/{id}/secret',
    tag: 'registry',
    summary: {
      zh: '更换设备密钥：只显示一次，旧密钥立即作废',
      en: 'Renew the secret of a device: shown once, the old one is worthless at once',
    },
    access: ['device-engineer'],
    response: DeviceSecret,
  },
} as const satisfies Record<string, Operation>;
