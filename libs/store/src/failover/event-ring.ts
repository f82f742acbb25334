import { visibleFrom, type WallEvent } from '#libs/contracts';
import type { EventStore } from '#libs/wall';
import { StoreAway } from '../sql/errors.js';

/** Events kept for walls that come back while the database is away: some hours of a busy county. More is memory, fewer leaves more walls waiting. */
const KEPT = 10_000;

/** The newest wall events, for replay while the database is away. */
export class EventRing {
  #events: WallEvent[] = [];
  /** Everything after this seq is here. */
  #from = 0;

  get lastSeq(): number {
    return this.#events.at(-1)?.seq ?? this.#from;
  }

  async load(store: Pick<EventStore, 'lastSeq' | 'since'>): Promise<void> {
    const last = await store.lastSeq();
    this.#from = Math.max(0, last - KEPT);
    this.#events = await store.since(this.#from, '', KEPT);
  }

  add(events: readonly WallEvent[]): void {
    for (const event of events) if (event.seq > this.lastSeq) this.#events.push(event);
    // In large steps: shifting one by one would move ten thousand for each event.
    if (this.#events.length > 2 * KEPT) {
      this.#events = this.#events.slice(-KEPT);
      this.#from = (this.#events[0]?.seq ?? 1) - 1;
    }
  }

  /** @throws StoreAway when some of them are only in the database: half of the story would look like all of it */
  since(offset: number, scope: string, limit: number): WallEvent[] {
    if (offset < this.#from) throw new StoreAway('database is away: events this old are only there', false);
    return this.#events.filter(({ seq, divisionCode }) => seq > offset && visibleFrom(divisionCode, scope)).slice(0, limit);
  }
}
