import { z } from 'zod';
import { UnifiedCode } from '../point/ids.js';
import { PageQuery, pageOf } from '../page.js';
import { Silence, SilenceCreate } from '../warning/silence.js';
import type { Operation } from './operation.js';

export const silenceOperations = {
  createSilence: {
    method: 'POST',
    path: '/silences',
    tag: 'warnings',
    summary: {
      zh: '静默：暂不发送某点或某规则橙色及以下的内部消息（不超过 24 小时，红色不可静默）',
      en: 'Hold back messages inside of a point or a rulebook up to orange, 24 hours at most; no level is hidden',
    },
    access: ['duty', 'signer'],
    body: SilenceCreate,
    response: Silence,
    status: 201,
  },
  listSilences: {
    method: 'GET',
    path: '/silences',
    tag: 'warnings',
    summary: { zh: '静默', en: 'Silences, newest first' },
    access: 'any',
    query: PageQuery.extend({
      hazardPoint: UnifiedCode.optional(),
      /** `true`: only those not over yet. */
      open: z.enum(['true', 'false']).optional(),
    }),
    response: pageOf(Silence),
  },
  endSilence: {
    method: 'DELETE',
    path: '/silences/{id}',
    tag: 'warnings',
    summary: { zh: '提前结束静默，未发送的消息立即发出', en: 'End a silence now; what it held back and still holds is told at once' },
    access: ['duty', 'signer'],
    response: Silence,
    status: 200,
  },
} as const satisfies Record<string, Operation>;
