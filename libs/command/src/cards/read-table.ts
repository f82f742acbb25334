import path from 'node:path';
import { parse } from 'csv-parse/sync';
import iconv from 'iconv-lite';
import type readXlsxFile from 'read-excel-file/node';
import { Problem } from '#libs/contracts';
import { packageRoot, runInWorker } from '#libs/platform';

/** Rows of a table as people fill it in, the first its headings; cells are trimmed texts. */
export type Table = readonly (readonly string[])[];

/** Rows at once: a county's largest point has some hundreds of households. More belongs in several files, each with a report one can read. */
export const MOST_ROWS = 5000;

/**
 * Reads CSV (UTF-8, or GB18030 as Excel in China saves it) or XLSX.
 * @throws Problem invalid-request for what is neither, is empty or too long
 */
export async function readTable(fileName: string, bytes: Buffer): Promise<Table> {
  const rows = await (/\.xlsx$/i.test(fileName) ? readXlsx(bytes) : readCsv(bytes));
  const table = rows.map((row) => row.map((cell) => cell.trim())).filter((row) => row.some((cell) => cell !== ''));
  if (table.length < 2) throw new Problem('invalid-request', 'body.content: 表中没有数据行 · the table has no row beside its headings');
  if (table.length > MOST_ROWS + 1)
    throw new Problem(
      'invalid-request',
      `body.content: 一次最多 ${MOST_ROWS} 行，请拆分 · at most ${MOST_ROWS} rows at once: split the file`,
    );
  return table;
}

function readCsv(bytes: Buffer): string[][] {
  try {
    return parse(textOf(bytes), { bom: true, relax_column_count: true, skip_empty_lines: true });
  } catch (error) {
    throw new Problem(
      'invalid-request',
      `body.content: 不是有效的 CSV · not CSV: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** What is no valid UTF-8 was written by a program with the Chinese code page. */
function textOf(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return iconv.decode(bytes, 'gb18030');
  }
}

async function readXlsx(bytes: Buffer): Promise<string[][]> {
  try {
    return await runInWorker(sheetOf, { bytes: new Uint8Array(bytes), root: path.join(packageRoot(), 'package.json') });
  } catch (error) {
    throw new Problem(
      'invalid-request',
      `body.content: 不是有效的 XLSX · not XLSX: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** In the worker thread: unpacking a large sheet takes a second of CPU. First sheet; dates as `YYYY-MM-DD`. */
async function sheetOf({ bytes, root }: { bytes: Uint8Array; root: string }): Promise<string[][]> {
  const { createRequire } = process.getBuiltinModule('node:module');
  const read = createRequire(root)('read-excel-file/node') as { readSheet: (input: Buffer) => Promise<unknown[][]> } & typeof readXlsxFile;
  const rows = await read.readSheet(Buffer.from(bytes));
  const text = (cell: unknown): string => {
    if (cell === null || cell === undefined) return '';
    if (cell instanceof Date) return cell.toISOString().slice(0, 10);
    return typeof cell === 'string' || typeof cell === 'number' || typeof cell === 'boolean' ? String(cell) : '';
  };
  return rows.map((row) => row.map(text));
}
