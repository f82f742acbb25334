import { isOpen, type WarningStore } from '#libs/alert';
import type { WarningRecord } from '#libs/contracts';

/** The newest warning of each point, in memory: the open one, or the last that ended. Changed only after a commit. */
export class Newest {
  readonly #byPoint = new Map<string, WarningRecord>();
  /** Points of whose last write nobody knows what became. */
  readonly #doubted = new Set<string>();
  readonly #judgedTo = new Map<string, number>();

  constructor(readonly store: Pick<WarningStore, 'newest' | 'list'>) {}

  /** At start: a decision must not wait for it, and one that ended before a restart still says what the rule held. @returns how many are open */
  async load(): Promise<number> {
    for (const record of await this.store.newest()) this.#byPoint.set(record.hazardPoint, record);
    return this.open().length;
  }

  async of(hazardPoint: string): Promise<WarningRecord | undefined> {
    if (this.#doubted.has(hazardPoint)) {
      const { items } = await this.store.list({ hazardPoint, scope: '', limit: 1 });
      const [last] = items;
      if (last) this.#byPoint.set(hazardPoint, last);
      this.#doubted.delete(hazardPoint);
    }
    return this.#byPoint.get(hazardPoint);
  }

  byId(warningId: string): WarningRecord | undefined {
    for (const record of this.#byPoint.values())
      if (record.id === warningId) return this.#doubted.has(record.hazardPoint) ? undefined : record;
    return undefined;
  }

  open(): WarningRecord[] {
    return [...this.#byPoint.values()].filter((record) => isOpen(record.state));
  }

  /** Takes over committed records. One that ended long ago (told now that it is over) does not replace a newer one. */
  remember(records: readonly WarningRecord[]): void {
    for (const record of records) {
      const known = this.#byPoint.get(record.hazardPoint);
      if (known && known.id !== record.id && (known.openedAt > record.openedAt || (isOpen(known.state) && !isOpen(record.state)))) continue;
      this.#byPoint.set(record.hazardPoint, record);
      this.#doubted.delete(record.hazardPoint);
    }
  }

  /** A write had an unknown outcome: read the store before the next step. */
  doubt(hazardPoint: string): void {
    this.#doubted.add(hazardPoint);
  }

  /** Highest ingest sequence a decision of this point was taken at. */
  judgedTo(hazardPoint: string): number | undefined {
    return this.#judgedTo.get(hazardPoint);
  }

  judged(hazardPoint: string, seq: number): void {
    this.#judgedTo.set(hazardPoint, Math.max(seq, this.#judgedTo.get(hazardPoint) ?? seq));
  }
}
