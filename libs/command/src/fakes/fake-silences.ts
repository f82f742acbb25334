import { insideDivision, spanEnd, type Silence } from '#libs/contracts';
import type { SilenceStore } from '../quiet/silences.js';

/** Silences in memory. */
export class FakeSilences implements SilenceStore {
  readonly rows = new Map<string, Silence>();

  /** What the ledger writes. */
  take(silences: readonly Silence[]): void {
    for (const silence of silences) this.rows.set(silence.id, silence);
  }
  endingAfter: SilenceStore['endingAfter'] = async (since) => [...this.rows.values()].filter((row) => spanEnd(row) > since);
  find: SilenceStore['find'] = async (id) => this.rows.get(id);
  list: SilenceStore['list'] = async ({ scope, hazardPoint, openAt, limit }) => ({
    items: [...this.rows.values()]
      .filter(
        (row) =>
          insideDivision(row.divisionCode, scope) &&
          (hazardPoint === undefined || row.hazardPoint === hazardPoint) &&
          (openAt === undefined || spanEnd(row) > openAt),
      )
      .slice(0, limit),
    nextCursor: null,
  });
}
