import { CsvScanner, type BadLine, type Series } from './csv-scanner.js';
import { piecesOf } from './file-pieces.js';
import { Rows } from './rows.js';
import { Steps } from './steps.js';

/**
 * Rows that are kept for judging, so that they need not be read again (as 28 bytes each: 450 MB). More would take memory a small machine has not;
 * what is longer is read twice, unless it has to be sorted.
 */
const rowsKept = 16_000_000;
/** Bad lines that are shown; all are counted. */
const badShown = 20;

/** What a first look at the whole file shows. */
export interface Survey {
  /** Every row; undefined when they are in order and too many to keep. */
  kept: Rows | undefined;
  from: number;
  to: number;
  series: readonly Series[];
  /** Rows by their arrival (their time, where they don't say when they arrived); undefined when they stand in that order. */
  order: Uint32Array | undefined;
  /** Usual step between samples of each series, ms; undefined of a single sample. */
  steps: (number | undefined)[];
  bad: { count: number; byReason: Partial<Record<BadLine, number>>; first: { line: number; why: BadLine; text: string }[] };
}

/** Looks through a CSV file: what is in it, whether it can be judged as it stands. @throws CsvError, or that the file can't be read */
export function survey(file: string): Survey {
  let rows: Rows | undefined = new Rows();
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  let inOrder = true;
  let clock = Number.NEGATIVE_INFINITY;
  let steps = new Steps();
  const bad: Survey['bad'] = { count: 0, byReason: {}, first: [] };
  const scanner = new CsvScanner({
    row(time, series, value, received) {
      rows?.row(time, series, value, received);
      if (inOrder && rows && rows.count > rowsKept) rows = undefined;
      if (time < from) from = time;
      if (time > to) to = time;
      const arrived = received === received ? received : time;
      if (arrived < clock) inOrder = false;
      else clock = arrived;
      steps.take(series, time);
    },
    bad(line, why, text) {
      bad.count += 1;
      bad.byReason[why] = (bad.byReason[why] ?? 0) + 1;
      if (bad.first.length < badShown) bad.first.push({ line, why, text });
    },
  });
  for (const piece of piecesOf(file)) scanner.push(piece);
  scanner.end();
  if (!inOrder && !rows) rows = allRows(file);
  const order = inOrder || !rows ? undefined : orderOf(rows);
  if (order && rows) {
    steps = new Steps();
    for (const row of order) steps.take(rows.series(row), rows.time(row));
  }
  return { kept: rows, order, from, to, series: scanner.series, steps: scanner.series.map((_, series) => steps.usual(series)), bad };
}

/** Rows of the same moment stay as they stand in the file. */
const orderOf = (rows: Rows): Uint32Array =>
  Uint32Array.from({ length: rows.count }, (_, row) => row).sort((a, b) => rows.arrived(a) - rows.arrived(b) || a - b);

/** Rows of a file that turned out to be in no order only after they had been let go. */
function allRows(file: string): Rows {
  const rows = new Rows();
  const scanner = new CsvScanner({ row: (...row) => rows.row(...row), bad: () => undefined });
  for (const piece of piecesOf(file)) scanner.push(piece);
  scanner.end();
  return rows;
}
