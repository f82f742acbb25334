import { cardColumns, HouseholdCardCreate, WorkCardCreate, type CardColumn, type CardKind, type ImportFault } from '#libs/contracts';
import { readMembers } from './members.js';
import type { Table } from './read-table.js';

/** A row that can be taken, as it is to be written. `row` counts as the spreadsheet does: the headings are row 1. */
export interface ReadyRow {
  row: number;
  number?: string;
  card: WorkCardCreate | HouseholdCardCreate;
}

const schemas = { work: WorkCardCreate, household: HouseholdCardCreate } as const;

/**
 * Rows of a table as cards. Headings are those of the form in Chinese or English, or the field's path; their order is free. A row with a fault
 * is left out and said, the others are taken: one wrong number must not keep a village out of the register.
 * @param hazardPoint of rows that name none
 */
export function readRows(kind: CardKind, table: Table, hazardPoint: string | undefined): { ready: ReadyRow[]; faults: ImportFault[] } {
  const [headings = [], ...rows] = table;
  const faults: ImportFault[] = [];
  const columns = headings.map((heading) => columnOf(kind, heading));
  for (const [at, column] of columns.entries())
    if (!column) faults.push({ row: 1, column: headings[at] ?? '', message: '没有这一列，内容未导入 · no such column; left out' });
  const ready: ReadyRow[] = [];
  for (const [at, cells] of rows.entries()) {
    const row = at + 2;
    const read = readRow(kind, columns, cells, hazardPoint);
    if ('faults' in read) faults.push(...read.faults.map((fault) => ({ row, ...fault })));
    else ready.push({ row, ...read });
  }
  return { ready, faults };
}

const plain = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s*()（）:：]/g, '');

function columnOf(kind: CardKind, heading: string): CardColumn | undefined {
  const wanted = plain(heading);
  return cardColumns[kind].find(({ path, zh, en }) => [path, zh, en].some((name) => plain(name) === wanted));
}

type Fault = Omit<ImportFault, 'row'>;

function readRow(
  kind: CardKind,
  columns: readonly (CardColumn | undefined)[],
  cells: readonly string[],
  hazardPoint: string | undefined,
): Omit<ReadyRow, 'row'> | { faults: Fault[] } {
  const faults: Fault[] = [];
  const raw: Record<string, unknown> = hazardPoint === undefined ? {} : { hazardPoint };
  for (const [at, column] of columns.entries()) {
    const cell = cells[at] ?? '';
    if (!column || cell === '') continue;
    try {
      put(raw, column.path, valueOf(column.path, cell));
    } catch (error) {
      faults.push({ column: column.zh, message: error instanceof Error ? error.message : String(error) });
    }
  }
  const { number, ...card } = raw;
  const result = schemas[kind].safeParse(card);
  if (!result.success)
    for (const issue of result.error.issues) {
      const path = issue.path.filter((part) => typeof part === 'string').join('.');
      const column =
        cardColumns[kind].find((each) => each.path === path || each.path.startsWith(`${path}.`)) ??
        cardColumns[kind].find((each) => path.startsWith(`${each.path}.`));
      if (!faults.some((fault) => fault.column === column?.zh))
        faults.push({ column: column?.zh ?? path, message: whatIsWrong(issue, valueAt(raw, issue.path)) });
    }
  if (faults.length > 0 || !result.success) return { faults };
  return { ...(typeof number === 'string' ? { number } : {}), card: result.data };
}

function whatIsWrong(issue: { code: string; message: string; path: PropertyKey[]; maximum?: unknown }, value: unknown): string {
  if (value === undefined || value === '') return '必填 · required';
  if (issue.code === 'too_big' && typeof value === 'string')
    return `太长，最多 ${String(issue.maximum)} 字 · at most ${String(issue.maximum)} characters`;
  if (issue.path.at(-1) === 'phone') return '不是有效的电话号码 · not a telephone number';
  if (String(issue.path.at(-1)).endsWith('On')) return '日期写作 2026-05-01 · write dates as 2026-05-01';
  return `格式不对 · ${issue.message}`;
}

const valueAt = (raw: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((value, name) => (value as Record<PropertyKey, unknown> | undefined)?.[name], raw);

/** @throws Error saying what is not understood */
function valueOf(path: string, cell: string): unknown {
  if (path === 'members') return readMembers(cell);
  if (path === 'memberCount') return Number(cell.replace(/人$/, ''));
  // Spreadsheets turn a number into 1.39E+10 or 13900000011.0, people write blanks and hyphens into it.
  if (path === 'phone' || path.endsWith('.phone')) return /^\d+\.0+$/.test(cell) ? cell.replace(/\.0+$/, '') : cell.replace(/[\s()]/g, '');
  if (path.endsWith('On'))
    return cell.replace(
      /^(\d{4})[年/.](\d{1,2})[月/.](\d{1,2})日?$/,
      (_, year: string, month: string, day: string) => `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`,
    );
  return cell;
}

function put(raw: Record<string, unknown>, path: string, value: unknown): void {
  const [head = '', ...rest] = path.split('.');
  if (rest.length === 0) raw[head] = value;
  else put((raw[head] ??= {}) as Record<string, unknown>, rest.join('.'), value);
}
