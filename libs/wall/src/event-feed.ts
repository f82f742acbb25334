import { visibleFrom, type WallEvent } from '#libs/contracts';
import type { EventStore } from './ports.js';

/** Events read at once during replay: bounds memory when a wall comes back after a night. */
const pageSize = 500;

/**
 * The events of one connection, each once and in order: first everything after its offset from the store, then live. What
 * happens while it reads waits in a buffer; `seq` tells what it has seen already.
 */
export class EventFeed {
  #seen: number;
  #buffer: WallEvent[] | undefined = [];

  constructor(
    readonly scope: string,
    offset: number,
    readonly send: (event: WallEvent) => void,
  ) {
    this.#seen = offset;
  }

  /** Everything up to here was sent, or does not concern this client. */
  get seen(): number {
    return this.#seen;
  }

  live(event: WallEvent): void {
    if (this.#buffer) this.#buffer.push(event);
    else this.#forward(event);
  }

  /** @param stopped tells that the client is gone */
  async replay(store: Pick<EventStore, 'since'>, stopped: () => boolean): Promise<void> {
    for (;;) {
      const page = await store.since(this.#seen, this.scope, pageSize);
      if (stopped()) return;
      for (const event of page) this.#forward(event);
      if (page.length < pageSize) break;
    }
    const waiting = this.#buffer ?? [];
    this.#buffer = undefined;
    for (const event of waiting) this.#forward(event);
  }

  #forward(event: WallEvent): void {
    if (event.seq <= this.#seen) return;
    this.#seen = event.seq;
    if (visibleFrom(event.divisionCode, this.scope)) this.send(event);
  }
}
