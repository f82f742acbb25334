/** Share of the slots that anything but red may hold: the rest is always free for red (notify.md §5.2). */
const OTHER_SHARE = 0.8;
/** Fewer free slots than this are not worth a claim for less urgent messages: one claim a message would cost more than the wait. */
const CHUNK_SHARE = 0.2;

/** The work under way, with a share kept free for red, and the one thing the loops sleep on. */
export class Slots {
  readonly #capacity: number;
  readonly #under = { red: 0, other: 0 };
  readonly #waiting = new Set<() => void>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Free slots: for anything, and for what is not red (0 until a chunk is free). */
  room(): { any: number; other: number } {
    const any = this.#capacity - this.#under.red - this.#under.other;
    const other = Math.min(any, Math.floor(this.#capacity * OTHER_SHARE) - this.#under.other);
    return { any: Math.max(0, any), other: other >= this.#capacity * CHUNK_SHARE ? other : 0 };
  }

  /** Runs a job in a slot. The job must settle its own failures: a rejection here would be a defect, so it is rethrown loudly. */
  run(urgency: 'red' | 'other', job: () => Promise<void>): void {
    this.#under[urgency] += 1;
    void job().finally(() => {
      this.#under[urgency] -= 1;
      // Not after every message: the loop would ask the store once a message. Red waits for the next poll at most.
      if (this.room().other > 0 || this.#under.red + this.#under.other === 0) this.signal();
    });
  }

  /** Wakes everybody who sleeps in `pause` or `empty`. */
  signal(): void {
    for (const wake of this.#waiting) wake();
  }

  /** Sleeps at most `ms`, less when something happens. */
  pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      this.#waiting.add(wake);
    });
  }

  async empty(): Promise<void> {
    while (this.#under.red + this.#under.other > 0) await this.pause(1_000);
  }
}
