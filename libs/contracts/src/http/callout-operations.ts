import { z } from 'zod';
import { AcknowledgeBody, CalloutReport, ReportReply } from '../delivery/callout.js';
import { Heartbeat } from '../heartbeat.js';
import { PageQuery, pageOf } from '../page.js';
import type { FileAnswer, Operation } from './operation.js';

/** Call and response (叫应): who was reached, who answered, and what people wrote back. */
export const calloutOperations = {
  getWarningReport: {
    method: 'GET',
    path: '/warnings/{id}/report',
    tag: 'warnings',
    summary: { zh: '叫应报告：逐户是否到达、回应、求助', en: 'Who was reached, who answered, who was not, by household, as of now' },
    access: 'any',
    response: CalloutReport,
  },
  getWarningReportCsv: {
    method: 'GET',
    path: '/warnings/{id}/report.csv',
    tag: 'warnings',
    summary: { zh: '叫应报告（CSV）', en: 'The report as a table, UTF-8 with BOM' },
    access: 'any',
    response: z.custom<FileAnswer>(),
    file: ['text/csv'],
  },
  getWarningReportPdf: {
    method: 'GET',
    path: '/warnings/{id}/report.pdf',
    tag: 'warnings',
    summary: { zh: '叫应报告（PDF）', en: 'The report to print and to file' },
    access: 'any',
    response: z.custom<FileAnswer>(),
    file: ['application/pdf'],
  },
  acknowledgeDelivery: {
    method: 'POST',
    path: '/warnings/{id}/deliveries/{delivery}/acknowledge',
    tag: 'warnings',
    summary: { zh: '登记某条消息的回应', en: 'Note that whoever this message was for has answered' },
    access: ['duty', 'signer', 'expert', 'card-keeper'],
    body: AcknowledgeBody,
    response: CalloutReport,
  },
  acknowledgeHousehold: {
    method: 'POST',
    path: '/warnings/{id}/households/{card}/acknowledge',
    tag: 'warnings',
    summary: { zh: '登记某户的回应：收到、求助、平安、已见面', en: 'Note the answer of a household: heard, help, safe, met' },
    access: ['duty', 'signer', 'expert', 'card-keeper'],
    body: AcknowledgeBody,
    response: CalloutReport,
  },
  listReplies: {
    method: 'GET',
    path: '/replies',
    tag: 'warnings',
    summary: {
      zh: '收到的短信和按键回复',
      en: 'What people wrote or pressed, newest first; numbers nobody knows only for the whole station',
    },
    access: 'any',
    query: PageQuery.extend({ warning: z.string().optional() }),
    response: pageOf(ReportReply.extend({ warning: z.string().nullable() })),
  },
  getHeartbeat: {
    method: 'GET',
    path: '/system/heartbeat',
    tag: 'system',
    summary: {
      zh: '心跳：最近一次证明已发布的消息都在途中',
      en: 'When it was last proved that what was released goes out, and what has stopped; also a file, a metric and a call to a watcher',
    },
    access: 'any',
    response: Heartbeat,
  },
} as const satisfies Record<string, Operation>;
