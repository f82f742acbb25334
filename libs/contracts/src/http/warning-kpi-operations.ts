import { DivisionCode } from '../point/division.js';
import { PageQuery, pageOf } from '../page.js';
import { Incident, IncidentCreate, WarningKpis } from '../warning/warning-kpi.js';
import { z } from 'zod';
import { QueryTime, type Operation } from './operation.js';

export const warningKpiOperations = {
  getWarningKpis: {
    method: 'GET',
    path: '/kpi/warnings',
    tag: 'warnings',
    summary: {
      zh: '预警考核：误报率、处置率、漏报、提前量',
      en: 'What the warnings were worth: false alarms, handled in time, missed, lead time',
    },
    access: 'any',
    query: z.object({ from: QueryTime, to: QueryTime, division: DivisionCode.optional() }),
    response: WarningKpis,
  },
  createIncident: {
    method: 'POST',
    path: '/incidents',
    tag: 'warnings',
    summary: {
      zh: '登记灾情，用于统计漏报与提前量',
      en: 'Enter a disaster that happened at a point: what missed and lead time are counted by',
    },
    access: ['duty', 'signer', 'expert'],
    body: IncidentCreate,
    response: Incident,
    status: 201,
  },
  listIncidents: {
    method: 'GET',
    path: '/incidents',
    tag: 'warnings',
    summary: { zh: '灾情', en: 'Disasters that were entered, newest first' },
    access: 'any',
    query: PageQuery.extend({ hazardPoint: z.string().optional() }),
    response: pageOf(Incident),
  },
} as const satisfies Record<string, Operation>;
