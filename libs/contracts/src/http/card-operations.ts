import { z } from 'zod';
import { CardState, OutOfService } from '../people/card-state.js';
import { chainPosts, HouseholdCard, HouseholdCardCreate, WorkCard, WorkCardCreate } from '../people/card.js';
import { PageQuery, pageOf } from '../page.js';
import { IsoTime } from '../time/time.js';
import type { FileAnswer, Operation } from './operation.js';

/** A contact in an answer: masked for most roles, so the phone is any text. */
const ContactView = z.object({ name: z.string(), phone: z.string() });
const UnitView = ContactView.partial().extend({ unit: z.string().optional() });
const units = {
  medical: UnitView.optional(),
  issuedBy: UnitView.optional(),
  state: CardState,
  outOfService: z.array(OutOfService).optional(),
};

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

const keeper = ['card-keeper'] as const;

/** What can be done with a card, the same for both kinds. */
const operationsOf = <P extends string, Created extends z.ZodType, View extends z.ZodType, Change extends z.ZodType>(
  path: P,
  zh: string,
  en: string,
  { created, view, change }: { created: Created; view: View; change: Change },
) =>
  ({
    create: {
      method: 'POST',
      path,
      tag: 'cards',
      summary: { zh: `登记${zh}`, en: `Register a ${en}` },
      access: keeper,
      body: created,
      response: view,
      status: 201,
    },
    list: {
      method: 'GET',
      path,
      tag: 'cards',
      summary: { zh, en: `Every ${en}, masked by role, with numbers that are out of service` },
      access: 'any',
      query: CardQuery,
      response: pageOf(view),
    },
    get: {
      method: 'GET',
      path: `${path}/{id}`,
      tag: 'cards',
      summary: { zh: `${zh}（单张）`, en: `One ${en}, masked by role` },
      access: 'any',
      response: view,
    },
    change: {
      method: 'PATCH',
      path: `${path}/{id}`,
      tag: 'cards',
      summary: { zh: `修改${zh}`, en: `Change a ${en}; one that was handed out may become stale by it` },
      access: keeper,
      body: change,
      response: view,
    },
    issue: {
      method: 'POST',
      path: `${path}/{id}/issue`,
      tag: 'cards',
      summary: { zh: `发放${zh}`, en: `Note that a ${en} was handed out as it stands` },
      access: keeper,
      body: CardDay,
      response: view,
    },
    sign: {
      method: 'POST',
      path: `${path}/{id}/sign`,
      tag: 'cards',
      summary: { zh: `登记签收${zh}`, en: `Note that the holder signed for a ${en}` },
      access: keeper,
      body: CardDay,
      response: view,
    },
    withdraw: {
      method: 'POST',
      path: `${path}/{id}/withdraw`,
      tag: 'cards',
      summary: { zh: `收回${zh}`, en: `Withdraw a ${en}: nobody is told by it any more` },
      access: keeper,
      body: CardWithdraw,
      response: view,
    },
    versions: {
      method: 'GET',
      path: `${path}/{id}/versions`,
      tag: 'cards',
      summary: { zh: `${zh}的历次版本`, en: `Versions of a ${en}, newest first` },
      access: 'any',
      query: PageQuery,
      response: pageOf(versionOf(view)),
    },
    print: {
      method: 'GET',
      path: `${path}/{id}/print.pdf`,
      tag: 'cards',
      summary: { zh: `打印${zh}`, en: `The ${en} as PDF, A4, three copies` },
      access: keeper,
      response: z.custom<FileAnswer>(),
      file: ['application/pdf'],
    },
  }) as const;

const work = operationsOf('/work-cards', '防灾工作明白卡', 'work card', {
  created: WorkCardCreate,
  view: WorkCardView,
  change: WorkCardChange,
});
const household = operationsOf('/household-cards', '防灾避险明白卡', 'household card', {
  created: HouseholdCardCreate,
  view: HouseholdCardView,
  change: HouseholdCardChange,
});

export const cardOperations = {
  createWorkCard: work.create,
  listWorkCards: work.list,
  getWorkCard: work.get,
  changeWorkCard: work.change,
  issueWorkCard: work.issue,
  signWorkCard: work.sign,
  withdrawWorkCard: work.withdraw,
  listWorkCardVersions: work.versions,
  printWorkCard: work.print,
  createHouseholdCard: household.create,
  listHouseholdCards: household.list,
  getHouseholdCard: household.get,
  changeHouseholdCard: household.change,
  issueHouseholdCard: household.issue,
  signHouseholdCard: household.sign,
  withdrawHouseholdCard: household.withdraw,
  listHouseholdCardVersions: household.versions,
  printHouseholdCard: household.print,
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
