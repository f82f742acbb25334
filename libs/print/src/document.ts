/**
 * What is to be printed, as plain data: it travels to the worker thread that sets it. Texts are set as they are, Chinese and Latin mixed.
 * Sizes are points (1/72 inch); widths of columns are shares of the line.
 */
export interface PrintDocument {
  title: string;
  subtitle?: string;
  /** Small, on top of every page: whose document this is. */
  header: string;
  /** Small, at the foot of every page beside the page number: number, version and time of the document. */
  footer: string;
  /** Across the top of every page, e.g. 演练 Exercise: nobody may take a page of it for the real thing. */
  band?: string;
  /** `portrait` when absent. */
  orientation?: 'portrait' | 'landscape';
  /** `A4` when absent. A5: two cards on one sheet. */
  size?: 'A4' | 'A5';
  blocks: readonly PrintBlock[];
}

export type PrintBlock =
  | { kind: 'heading'; text: string }
  /** A paragraph. `size` 10 when absent. */
  | { kind: 'text'; text: string; bold?: boolean; size?: number; align?: 'left' | 'center' | 'right' }
  | PrintForm
  | PrintTable
  | { kind: 'space'; height: number }
  | { kind: 'page-break' };

/** Ruled boxes of label and value, as on a 明白卡: each row shares the line among its cells. */
export interface PrintForm {
  kind: 'form';
  rows: readonly (readonly FormCell[])[];
}
export interface FormCell {
  label: string;
  value: string;
  /** Of the line, relative to the other cells of the row; 1 when absent. */
  share?: number;
  bold?: boolean;
}

/** A ruled table; its head is repeated on every page. A row is never torn between two pages unless it is higher than one. */
export interface PrintTable {
  kind: 'table';
  columns: readonly { title: string; share: number; align?: 'left' | 'center' | 'right' }[];
  rows: readonly TableRow[];
}
export interface TableRow {
  cells: readonly string[];
  bold?: boolean;
  /** Shaded: a row that must not be overlooked, also in black and white. */
  shaded?: boolean;
}
