import { z } from 'zod';
import { HouseholdCard, HouseholdCardCreate, WorkCard, WorkCardCreate } from '../card.js';
import { PageQuery, pageOf } from '../page.js';
import type { Operation } from './operation.js';

/** A contact in an answer: masked for most roles, so the phone is any text. */
const ContactView = z.object({ name: z.string(), phone: z.string() });
const UnitView = ContactView.partial().extend({ unit: z.string().optional() });
const units = { medical: UnitView.optional(), issuedBy: UnitView.optional() };

export const WorkCardView = WorkCard.extend({
  responsible: ContactView,
  monitor: ContactView,
  evacuationOrderedBy: ContactView.optional(),
  rescue: UnitView.optional(),
  security: UnitView.optional(),
  ...units,
});
export type WorkCardView = z.infer<typeof WorkCardView>;
export const HouseholdCardView = HouseholdCard.extend({
  members: z.array(
    z.object({
      name: z.string(),
      sex: z.enum(['male', 'female']).optional(),
      age: z.number().optional(),
      phone: z.string().optional(),
    }),
  ),
  monitor: ContactView.optional(),
  signalBy: ContactView.optional(),
  shelterKeeper: ContactView.optional(),
  ...units,
});
export type HouseholdCardView = z.infer<typeof HouseholdCardView>;

const CardQuery = PageQuery.extend({ hazardPoint: z.string().optional() });

export const cardOperations = {
  createWorkCard: {
    method: 'POST',
    path: '/work-cards',
    tag: 'cards',
    summary: { zh: '登记防灾工作明白卡', en: 'Register a work card' },
    access: ['card-keeper'],
    body: WorkCardCreate,
    response: WorkCardView,
    status: 201,
  },
  listWorkCards: {
    method: 'GET',
    path: '/work-cards',
    tag: 'cards',
    summary: { zh: '防灾工作明白卡', en: 'Work cards, masked by role' },
    access: 'any',
    query: CardQuery,
    response: pageOf(WorkCardView),
  },
  createHouseholdCard: {
    method: 'POST',
    path: '/household-cards',
    tag: 'cards',
    summary: { zh: '登记防灾避险明白卡', en: 'Register a household card' },
    access: ['card-keeper'],
    body: HouseholdCardCreate,
    response: HouseholdCardView,
    status: 201,
  },
  listHouseholdCards: {
    method: 'GET',
    path: '/household-cards',
    tag: 'cards',
    summary: { zh: '防灾避险明白卡', en: 'Household cards, masked by role' },
    access: 'any',
    query: CardQuery,
    response: pageOf(HouseholdCardView),
  },
  printHouseholdCard: {
    method: 'GET',
    path: '/household-cards/{id}/print.pdf',
    tag: 'cards',
    summary: { zh: '打印避险明白卡', en: 'The card as PDF, three copies' },
    access: ['card-keeper'],
    response: z.string(),
    later: 'printing cards as PDF comes with a later release; GET /household-cards has their content',
  },
} as const satisfies Record<string, Operation>;
