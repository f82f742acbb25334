import type { Page, PageQuery, Task } from '#libs/contracts';

export interface TaskQuery extends PageQuery {
  /** Division prefix of the asking user. */
  scope: string;
  warning?: string;
  hazardPoint?: string;
  kind?: string;
  /** One state, or several joined by commas. */
  state?: string;
}

/** Tasks as they stand; written by the ledger only (`LedgerEntry.tasks`), in the entry of what they arise from. */
export interface TaskStore {
  /** Every task that is not closed, oldest deadline first: loaded at start. */
  open(): Promise<Task[]>;
  find(id: string): Promise<Task | undefined>;
  /** Every task of a warning, oldest first. */
  ofWarning(warningId: string): Promise<Task[]>;
  list(query: TaskQuery): Promise<Page<Task>>;
}
