import {
  cardColumns,
  normalPhone,
  Problem,
  type CardImport,
  type CardImportReport,
  type CardKind,
  type FileAnswer,
  type HouseholdCard,
  type ImportFault,
  type WorkCard,
} from '#libs/contracts';
import { record } from '../audit.js';
import type { CommandContext } from '../context.js';
import { wholeFile } from '../operation/file-answer.js';
import type { ScopedView } from '../identity/scope.js';
import { valueAt, valueText } from './form.js';
import { readRows, type ReadyRow } from './import-rows.js';
import { changeCard } from './life.js';
import { readTable } from './read-table.js';
import { insertCard } from './register.js';

/**
 * Takes cards from a CSV or XLSX file. Without `apply` nothing is written and the report says what would be; with it, rows without a fault are
 * written one by one, and a row that fails then is in the report too. A card already there (the same number, or the same telephone at the same
 * point) is changed where the file says something else, so that the same file twice changes nothing.
 * @throws Problem invalid-request when the file as a whole can't be read, out-of-scope for `hazardPoint`
 */
export async function importCards(context: CommandContext, view: ScopedView, input: CardImport): Promise<CardImportReport> {
  if (input.hazardPoint !== undefined) view.point(input.hazardPoint);
  const table = await readTable(input.fileName, Buffer.from(input.content, 'base64'));
  const { ready, faults } = readRows(input.kind, table, input.hazardPoint);
  const report = {
    kind: input.kind,
    applied: input.apply,
    rows: table.length - 1,
    created: 0,
    changed: 0,
    unchanged: 0,
    faults: [...faults],
  };
  const known = new KnownCards(context, input.kind);
  for (const row of ready) {
    try {
      report[await take(context, view, input, row, known)] += 1;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      report.faults.push({ row: row.row, column: '', message: error.message } satisfies ImportFault);
    }
  }
  report.faults.sort((a, b) => a.row - b.row);
  if (input.apply)
    await record(context, view.user.username, 'cards.imported', `${input.kind}-cards`, {
      rows: report.rows,
      created: report.created,
      changed: report.changed,
      faults: report.faults.length,
    });
  return report;
}

async function take(
  context: CommandContext,
  view: ScopedView,
  { kind, apply }: CardImport,
  row: ReadyRow,
  known: KnownCards,
): Promise<'created' | 'changed' | 'unchanged'> {
  view.point(row.card.hazardPoint);
  const before = await known.find(row);
  if (known.twice(row))
    throw new Problem('invalid-request', '与前面某行重复（同一编号或同一电话）· the same number or telephone as a row above');
  if (!before) {
    if (apply) await insertCard(context, view, kind, row.card);
    return 'created';
  }
  const { hazardPoint: _, issuedOn: __, signedOn: ___, ...given } = row.card;
  const differs = Object.entries(given).some(([name, value]) => !same((before as unknown as Record<string, unknown>)[name], value));
  if (!differs) return 'unchanged';
  if (apply) await changeCard(context, view, kind, before.id, { ...given, version: before.version });
  return 'changed';
}

/** An empty list of members in the file says nothing about those on the card. */
const same = (before: unknown, given: unknown): boolean =>
  (Array.isArray(given) && given.length === 0) || JSON.stringify(sorted(before)) === JSON.stringify(sorted(given));
const sorted = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
    : value;

/** Cards of the points a file is about, read once a point. */
class KnownCards {
  readonly #points = new Map<string, Promise<readonly (WorkCard | HouseholdCard)[]>>();
  readonly #seen = new Set<string>();

  constructor(
    readonly context: CommandContext,
    readonly kind: CardKind,
  ) {}

  async find({ number, card }: ReadyRow): Promise<WorkCard | HouseholdCard | undefined> {
    const { hazardPoint } = card;
    const cards = this.#points.get(hazardPoint) ?? this.#read(hazardPoint);
    this.#points.set(hazardPoint, cards);
    const phone = phoneOf(card);
    return (await cards).find((one) => (number === undefined ? phoneOf(one) === phone : one.number === number));
  }

  /** This card was in a row above. */
  twice({ number, card }: ReadyRow): boolean {
    const keys = [`${card.hazardPoint} ${phoneOf(card)}`, ...(number === undefined ? [] : [number])];
    const before = keys.some((key) => this.#seen.has(key));
    for (const key of keys) this.#seen.add(key);
    return before;
  }

  async #read(hazardPoint: string): Promise<readonly (WorkCard | HouseholdCard)[]> {
    const { workCards, householdCards } = await this.context.store.cards.cardsOf(hazardPoint);
    return this.kind === 'work' ? workCards : householdCards;
  }
}

const phoneOf = (card: object): string => normalPhone(valueText(valueAt(card, 'phone') ?? valueAt(card, 'monitor.phone')));

/** An empty table with the headings of the form, for people to fill in. UTF-8 with a mark, as spreadsheets want it. */
export function importTemplate(kind: CardKind): FileAnswer {
  const headings = cardColumns[kind].map(({ zh }) => zh).join(',');
  return wholeFile('text/csv', `${kind}-cards.csv`, Buffer.from(`\uFEFF${headings}\r\n`));
}
