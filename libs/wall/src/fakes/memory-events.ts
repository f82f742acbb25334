import type { LedgerEntry } from '#libs/alert';
import { visibleFrom, type WallEvent } from '#libs/contracts';
import type { EventStore } from '../ports.js';

/** Event store and ledger in memory; `listen` hears what is committed, as the bus would. */
export class MemoryEvents implements EventStore {
  readonly log: WallEvent[] = [];
  listen: (events: readonly WallEvent[]) => void = () => undefined;
  /** Runs before a page is answered: a place to let something happen during a replay. */
  beforeAnswer: () => void = () => undefined;

  lastSeq(): Promise<number> {
    return Promise.resolve(this.log.length);
  }

  async since(offset: number, scope: string, limit: number): Promise<WallEvent[]> {
    await Promise.resolve();
    const page = this.log.filter((event) => event.seq > offset && visibleFrom(event.divisionCode, scope)).slice(0, limit);
    this.beforeAnswer();
    return page;
  }

  ofType(type: WallEvent['type'], from: number): Promise<WallEvent[]> {
    return Promise.resolve(this.log.filter((event) => event.type === type && event.at >= from));
  }

  write(entry: Pick<LedgerEntry, 'events'>): Promise<readonly WallEvent[]> {
    const events = (entry.events ?? []).map((draft, index) => ({ ...draft, seq: this.log.length + index + 1 }));
    this.log.push(...events);
    this.listen(events);
    return Promise.resolve(events);
  }
}
