import { GapState, GapView } from '../reading/gap.js';
import { PageQuery, pageOf } from '../page.js';
import { QueryTime, type Operation } from './operation.js';

export const gapOperations = {
  listDeviceGaps: {
    method: 'GET',
    path: '/devices/{id}/gaps',
    tag: 'devices',
    summary: { zh: '设备数据缺口', en: 'Where uploads of a device are missing, newest first; what comes later fills them' },
    access: 'any',
    query: PageQuery.extend({ state: GapState.optional(), from: QueryTime.optional(), to: QueryTime.optional() }),
    response: pageOf(GapView),
  },
} as const satisfies Record<string, Operation>;
