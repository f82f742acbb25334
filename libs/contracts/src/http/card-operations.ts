import { z } from 'zod';
import { CardState } from '../card-state.js';
import { chainPosts, HouseholdCard, HouseholdCardCreate, WorkCard, WorkCardCreate } from '../card.js';
import { PageQuery, pageOf } from '../page.js';
import { IsoTime } from '../time.js';
import type { FileAnswer, Operation } from './operation.js';

/** A contact in an answer: masked for most roles, so the phone is any text. */
const ContactView = z.object({ name: z.string(), phone: z.string() });
const UnitView = ContactView.partial().extend({ unit: z.string().optional() });
const units = { medical: UnitView.optional(), issuedBy: UnitView.optional(), state: CardState };

export const WorkCardView = WorkCard.extend({
  responsible: ContactView,
  monitor: ContactView,
  evacuationOrderedBy: ContactView.optional(),
  chain: z.array(ContactView.extend({ post: z.enum(chainPosts) })).optional(),
  holder: UnitView.optional(),
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

/** A version as it was, and who made it. */
const versionOf = <C extends z.ZodType>(card: C) =>
  z.object({ version: z.number().int(), changedBy: z.string(), changedAt: IsoTime, card });
export interface CardVersionView<C> {
  version: number;
  changedBy: string;
  changedAt: string;
  card: C;
}

/** Every field optional and without its default, beside the version that was read; the point of a card does not change. */
const changeOf = <S extends z.ZodRawShape>(card: z.ZodObject<S>) => card.partial().extend({ version: z.number().int() });
const WorkCardChange = changeOf(WorkCardCreate.omit({ hazardPoint: true, issuedOn: true, signedOn: true }));
const HouseholdCardChange = changeOf(
  HouseholdCardCreate.omit({ hazardPoint: true, issuedOn: true, signedOn: true }).extend({
    members: HouseholdCardCreate.shape.members.removeDefault(),
  }),
);
const CardDay = z.object({ on: z.iso.date().optional() });
export const CardWithdraw = z.object({ reason: z.string().trim().min(1).max(200) });
export type CardWithdraw = z.infer<typeof CardWithdraw>;

/** A file of cards, CSV or XLSX. Without `apply` the report says what would happen and nothing is written. */
export const CardImport = z.object({
  kind: z.enum(['work', 'household']),
  /** Of rows that name no point. */
  hazardPoint: z.string().optional(),
  fileName: z.string().regex(/\.(csv|xlsx)$/i, 'a file name ending in .csv or .xlsx'),
  /** Base64. */
  content: z.base64(),
  apply: z.boolean().default(false),
});
export type CardImport = z.infer<typeof CardImport>;
/** What is wrong with a row, counted as a spreadsheet does (headings are row 1); Chinese and English. */
export const ImportFault = z.object({ row: z.number().int(), column: z.string(), message: z.string() });
export type ImportFault = z.infer<typeof ImportFault>;
export const CardImportReport = z.object({
  kind: z.enum(['work', 'household']),
  applied: z.boolean(),
  rows: z.number().int(),
  created: z.number().int(),
  changed: z.number().int(),
  unchanged: z.number().int(),
  faults: z.array(ImportFault),
});
export type CardImportReport = z.infer<typeof CardImportReport>;

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
  getWorkCard: {
    method: 'GET',
    path: '/work-cards/{id}',
    tag: 'cards',
    summary: { zh: '防灾工作明白卡（单张）', en: 'One work card, masked by role' },
    access: 'any',
    response: WorkCardView,
  },
  changeWorkCard: {
    method: 'PATCH',
    path: '/work-cards/{id}',
    tag: 'cards',
    summary: { zh: '修改防灾工作明白卡', en: 'Change a work card; one that was handed out may become stale by it' },
    access: ['card-keeper'],
    body: WorkCardChange,
    response: WorkCardView,
  },
  issueWorkCard: {
    method: 'POST',
    path: '/work-cards/{id}/issue',
    tag: 'cards',
    summary: { zh: '发放防灾工作明白卡', en: 'Note that a work card was handed out as it stands' },
    access: ['card-keeper'],
    body: CardDay,
    response: WorkCardView,
  },
  signWorkCard: {
    method: 'POST',
    path: '/work-cards/{id}/sign',
    tag: 'cards',
    summary: { zh: '登记签收防灾工作明白卡', en: 'Note that the holder signed for a work card' },
    access: ['card-keeper'],
    body: CardDay,
    response: WorkCardView,
  },
  withdrawWorkCard: {
    method: 'POST',
    path: '/work-cards/{id}/withdraw',
    tag: 'cards',
    summary: { zh: '收回防灾工作明白卡', en: 'Withdraw a work card: nobody is told by it any more' },
    access: ['card-keeper'],
    body: CardWithdraw,
    response: WorkCardView,
  },
  listWorkCardVersions: {
    method: 'GET',
    path: '/work-cards/{id}/versions',
    tag: 'cards',
    summary: { zh: '防灾工作明白卡的历次版本', en: 'Versions of a work card, newest first' },
    access: 'any',
    query: PageQuery,
    response: pageOf(versionOf(WorkCardView)),
  },
  printWorkCard: {
    method: 'GET',
    path: '/work-cards/{id}/print.pdf',
    tag: 'cards',
    summary: { zh: '打印防灾工作明白卡', en: 'The work card as PDF, A4, three copies' },
    access: ['card-keeper'],
    response: z.custom<FileAnswer>(),
    file: ['application/pdf'],
  },
  getHouseholdCard: {
    method: 'GET',
    path: '/household-cards/{id}',
    tag: 'cards',
    summary: { zh: '防灾避险明白卡（单张）', en: 'One household card, masked by role' },
    access: 'any',
    response: HouseholdCardView,
  },
  changeHouseholdCard: {
    method: 'PATCH',
    path: '/household-cards/{id}',
    tag: 'cards',
    summary: { zh: '修改防灾避险明白卡', en: 'Change a household card; one that was handed out may become stale by it' },
    access: ['card-keeper'],
    body: HouseholdCardChange,
    response: HouseholdCardView,
  },
  issueHouseholdCard: {
    method: 'POST',
    path: '/household-cards/{id}/issue',
    tag: 'cards',
    summary: { zh: '发放防灾避险明白卡', en: 'Note that a household card was handed out as it stands' },
    access: ['card-keeper'],
    body: CardDay,
    response: HouseholdCardView,
  },
  signHouseholdCard: {
    method: 'POST',
    path: '/household-cards/{id}/sign',
    tag: 'cards',
    summary: { zh: '登记签收防灾避险明白卡', en: 'Note that the holder signed for a household card' },
    access: ['card-keeper'],
    body: CardDay,
    response: HouseholdCardView,
  },
  withdrawHouseholdCard: {
    method: 'POST',
    path: '/household-cards/{id}/withdraw',
    tag: 'cards',
    summary: { zh: '收回防灾避险明白卡', en: 'Withdraw a household card: nobody is told by it any more' },
    access: ['card-keeper'],
    body: CardWithdraw,
    response: HouseholdCardView,
  },
  listHouseholdCardVersions: {
    method: 'GET',
    path: '/household-cards/{id}/versions',
    tag: 'cards',
    summary: { zh: '防灾避险明白卡的历次版本', en: 'Versions of a household card, newest first' },
    access: 'any',
    query: PageQuery,
    response: pageOf(versionOf(HouseholdCardView)),
  },
  printHouseholdCard: {
    method: 'GET',
    path: '/household-cards/{id}/print.pdf',
    tag: 'cards',
    summary: { zh: '打印防灾避险明白卡', en: 'The household card as PDF, A4, three copies' },
    access: ['card-keeper'],
    response: z.custom<FileAnswer>(),
    file: ['application/pdf'],
  },
  importCards: {
    method: 'POST',
    path: '/cards/import',
    tag: 'cards',
    summary: { zh: '从表格导入明白卡（逐行报告错误）', en: 'Cards from a CSV or XLSX file, with a report row by row' },
    access: ['card-keeper'],
    body: CardImport,
    response: CardImportReport,
  },
  getCardTemplate: {
    method: 'GET',
    path: '/cards/template.csv',
    tag: 'cards',
    summary: { zh: '导入用空表', en: 'An empty table with the headings of an import' },
    access: 'any',
    query: z.object({ kind: z.enum(['work', 'household']).default('household') }),
    response: z.custom<FileAnswer>(),
    file: ['text/csv'],
  },
} as const satisfies Record<string, Operation>;
