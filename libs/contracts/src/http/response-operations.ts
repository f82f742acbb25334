import { z } from 'zod';
import { DefenceResponse, DefenceResponseAdjust, DefenceResponseCreate, DefenceResponseEnd } from '../warning/defence-response.js';
import { DivisionCode } from '../point/division.js';
import { PageQuery, pageOf } from '../page.js';
import { ResponsePlan, ResponsePlanPut } from '../warning/response-plan.js';
import type { Operation } from './operation.js';

export const responseOperations = {
  getResponsePlan: {
    method: 'GET',
    path: '/hazard-points/{unifiedCode}/plan',
    tag: 'response',
    summary: {
      zh: '应急预案：各等级的响应任务',
      en: 'The response plan of a point: what is done at each level; version 0 is the default plan',
    },
    access: 'any',
    response: ResponsePlan,
  },
  putResponsePlan: {
    method: 'PUT',
    path: '/hazard-points/{unifiedCode}/plan',
    tag: 'response',
    summary: { zh: '编制应急预案', en: 'Write the response plan of a point; warnings that stand keep the tasks they have' },
    access: ['signer', 'duty'],
    body: ResponsePlanPut,
    response: ResponsePlan,
  },
  startResponse: {
    method: 'POST',
    path: '/responses',
    tag: 'response',
    summary: { zh: '启动响应（Ⅰ–Ⅳ 级）', en: 'Start a response of level I–IV for a point or a division' },
    access: ['signer'],
    body: DefenceResponseCreate,
    response: DefenceResponse,
    status: 201,
  },
  listResponses: {
    method: 'GET',
    path: '/responses',
    tag: 'response',
    summary: { zh: '响应', en: 'Responses, newest first' },
    access: 'any',
    query: PageQuery.extend({
      hazardPoint: z.string().optional(),
      division: DivisionCode.optional(),
      /** `true`: only those in force. */
      open: z.enum(['true', 'false']).optional(),
    }),
    response: pageOf(DefenceResponse),
  },
  adjustResponse: {
    method: 'POST',
    path: '/responses/{id}/adjust',
    tag: 'response',
    summary: { zh: '调整响应等级', en: 'Adjust the level of a response' },
    access: ['signer'],
    body: DefenceResponseAdjust,
    response: DefenceResponse,
  },
  endResponse: {
    method: 'POST',
    path: '/responses/{id}/end',
    tag: 'response',
    summary: { zh: '结束响应', en: 'End a response' },
    access: ['signer'],
    body: DefenceResponseEnd,
    response: DefenceResponse,
  },
} as const satisfies Record<string, Operation>;
