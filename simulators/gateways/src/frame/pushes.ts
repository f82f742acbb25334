import type { Later } from './vendor.js';

/** What a vendor tells the station, over HTTP. `accepted` judges the answer as the vendor would. */
export interface Push {
  url: string;
  headers: Record<string, string>;
  body: string;
  accepted: (status: number, text: string) => boolean;
}

export interface PushStats {
  accepted: number;
  again: number;
  dropped: number;
}

/** Waits before a push is repeated, in the vendor's minutes; after the last it is dropped (notify.md §1.8). */
const AGAIN_AFTER_MINUTES = [1, 5, 10];
const PATIENCE_MS = 5_000;
/** Pushes under way at once. */
const AT_ONCE = 32;

/** Pushes to the station: again after 1, 5 and 10 minutes of a clock that may run faster, then dropped. */
export class Pushes {
  readonly stats: PushStats = { accepted: 0, again: 0, dropped: 0 };
  readonly #later: Later;
  readonly #minuteMs: number;
  readonly #waiting: (() => Promise<void>)[] = [];
  readonly #ending = new AbortController();
  #running = 0;

  /** @param minuteMs what the vendor takes for a minute */
  constructor(later: Later, minuteMs: number) {
    this.#later = later;
    this.#minuteMs = minuteMs;
  }

  send(push: Push, tries = 0): void {
    this.#waiting.push(async () => {
      if (await this.#try(push)) this.stats.accepted += 1;
      else this.#again(push, tries);
    });
    this.#next();
  }

  /** Resolves when nothing is under way; what comes again later is not. */
  async idle(): Promise<void> {
    while (this.#running > 0 || this.#waiting.length > 0) await new Promise((resolve) => setImmediate(resolve));
  }

  close(): void {
    this.#ending.abort();
    this.#waiting.length = 0;
  }

  #next(): void {
    if (this.#running >= AT_ONCE) return;
    const push = this.#waiting.shift();
    if (!push) return;
    this.#running += 1;
    void push().finally(() => {
      this.#running -= 1;
      this.#next();
    });
  }

  #again(push: Push, tries: number): void {
    const minutes = AGAIN_AFTER_MINUTES[tries];
    if (minutes === undefined || this.#ending.signal.aborted) {
      this.stats.dropped += 1;
      return;
    }
    this.stats.again += 1;
    this.#later(minutes * this.#minuteMs, () => this.send(push, tries + 1));
  }

  async #try({ url, headers, body, accepted }: Push): Promise<boolean> {
    // Not AbortSignal.any with a timeout: Node 20 loses both to the garbage collector, and a push would wait for ever.
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), PATIENCE_MS);
    this.#ending.signal.addEventListener('abort', () => limit.abort(), { once: true, signal: limit.signal });
    try {
      if (this.#ending.signal.aborted) return false;
      const answer = await fetch(url, { method: 'POST', headers, body, signal: limit.signal });
      return accepted(answer.status, await answer.text());
    } catch {
      return false;
    } finally {
      clearTimeout(timer);
      // Lets go of the listener above.
      limit.abort();
    }
  }
}

/** Gathers what is told within a moment, as vendors push in batches. */
export class Batch<T> {
  readonly #later: Later;
  readonly #flush: (items: T[]) => void;
  #items: T[] = [];

  constructor(later: Later, flush: (items: T[]) => void) {
    this.#later = later;
    this.#flush = flush;
  }

  add(item: T): void {
    this.#items.push(item);
    if (this.#items.length === 1) this.#later(GATHER_MS, () => this.#send());
    else if (this.#items.length >= BATCH) this.#send();
  }

  #send(): void {
    const items = this.#items;
    this.#items = [];
    if (items.length > 0) this.#flush(items);
  }
}
const GATHER_MS = 20;
const BATCH = 100;
