import { z } from 'zod';
import { Consultation, DecisionCreate, OpinionCreate, SignatureCreate } from '../warning/consultation.js';
import { DeliveryView } from '../delivery/delivery.js';
import { PageQuery, pageOf } from '../page.js';
import { EpisodeState, WarningActionBody, WarningView } from '../warning/warning.js';
import { type FileAnswer, QueryTime, type Operation } from './operation.js';

/** `state` may name several, joined by commas. */
const StateFilter = z.string().refine((text) => text.split(',').every((word) => EpisodeState.safeParse(word).success), {
  message: `state: one or several of ${EpisodeState.options.join(', ')}`,
});

export const warningOperations = {
  listWarnings: {
    method: 'GET',
    path: '/warnings',
    tag: 'warnings',
    summary: { zh: '预警列表', en: 'Warnings in scope, newest first' },
    access: 'any',
    query: PageQuery.extend({ state: StateFilter.optional(), hazardPoint: z.string().optional(), from: QueryTime.optional() }),
    response: pageOf(WarningView),
  },
  getWarning: {
    method: 'GET',
    path: '/warnings/{id}',
    tag: 'warnings',
    summary: { zh: '预警', en: 'One warning with its timeline and the actions legal now' },
    access: 'any',
    response: WarningView,
  },
  getWarningDeliveries: {
    method: 'GET',
    path: '/warnings/{id}/deliveries',
    tag: 'warnings',
    summary: { zh: '发送与回执', en: 'Who was told, how, and what came back' },
    access: 'any',
    query: PageQuery,
    response: pageOf(DeliveryView),
  },
  getWarningCap: {
    method: 'GET',
    path: '/warnings/{id}/cap.xml',
    tag: 'warnings',
    summary: { zh: 'CAP 1.2 报文（已对公众发布的预警）', en: 'A published warning as CAP 1.2: its newest message, or an earlier one' },
    access: 'public',
    query: z.object({ version: z.coerce.number().int().min(1).optional() }),
    response: z.custom<FileAnswer>(),
    file: ['application/cap+xml'],
  },
  getCapFeed: {
    method: 'GET',
    path: '/cap/feed.atom',
    tag: 'warnings',
    summary: { zh: 'CAP 订阅源（Atom）', en: 'Atom feed of the messages of published warnings' },
    access: 'public',
    response: z.custom<FileAnswer>(),
    file: ['application/atom+xml'],
  },
  actOnWarning: {
    method: 'POST',
    path: '/warnings/{id}/{action}',
    tag: 'warnings',
    summary: { zh: '处置预警', en: 'Act on a warning as the user of the session' },
    access: ['duty', 'signer', 'expert'],
    body: WarningActionBody,
    response: WarningView,
  },
  listConsultations: {
    method: 'GET',
    path: '/consultations',
    tag: 'consultations',
    summary: { zh: '会商列表', en: 'Consultations in scope' },
    access: 'any',
    query: PageQuery.extend({ warning: z.string().optional() }),
    response: pageOf(Consultation),
  },
  getConsultation: {
    method: 'GET',
    path: '/consultations/{id}',
    tag: 'consultations',
    summary: { zh: '会商', en: 'One consultation: evidence, opinions, decision' },
    access: 'any',
    response: Consultation,
  },
  addOpinion: {
    method: 'POST',
    path: '/consultations/{id}/opinions',
    tag: 'consultations',
    summary: { zh: '发表意见', en: 'Give an opinion' },
    access: ['expert', 'duty', 'signer'],
    body: OpinionCreate,
    response: Consultation,
    status: 201,
  },
  decideConsultation: {
    method: 'POST',
    path: '/consultations/{id}/decision',
    tag: 'consultations',
    summary: { zh: '形成会商结论', en: 'Write the decision to be signed' },
    access: ['duty', 'signer', 'expert'],
    body: DecisionCreate,
    response: Consultation,
    status: 201,
  },
  signConsultation: {
    method: 'POST',
    path: '/consultations/{id}/signatures',
    tag: 'consultations',
    summary: { zh: '签字', en: 'Sign the decision, which then acts on the warning' },
    access: ['signer'],
    body: SignatureCreate,
    response: Consultation,
    status: 201,
  },
} as const satisfies Record<string, Operation>;
