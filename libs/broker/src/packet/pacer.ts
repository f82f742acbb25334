/**
 * Slows one device to `rate` messages a second by letting them wait, in order; none is dropped and the connection lives on.
 * Bursts up to one second's worth pass at once: a device that wakes up sends what it gathered.
 */
export class Pacer {
  readonly #gap: number;
  /** When the next message is due, if the device used all of its burst (GCRA, virtual scheduling). */
  #due = Number.NEGATIVE_INFINITY;
  #queue: { at: number; pass: () => void }[] = [];
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param rate messages a second; 0 = no limit
   * @param now  monotonic clock, ms
   */
  constructor(
    private readonly rate: number,
    private readonly now: () => number,
  ) {
    this.#gap = rate > 0 ? 1000 / rate : 0;
  }

  /** Calls `pass` now or when its turn has come. @returns true when it had to wait */
  enter(pass: () => void): boolean {
    if (this.rate === 0) {
      pass();
      return false;
    }
    const now = this.now();
    const at = Math.max(now - 1000 + this.#gap, this.#due);
    this.#due = at + this.#gap;
    if (at <= now && this.#queue.length === 0) {
      pass();
      return false;
    }
    this.#queue.push({ at, pass });
    this.#arm();
    return true;
  }

  /**
   * Lets everything that waits pass now: the device has gone, and nothing more comes. One that sleeps sends what it gathered and leaves;
   * with QoS 0 it never sends it again. What may wait is bounded by what may be under way, and connections by the flap guard.
   */
  flush(): void {
    const waiting = this.#queue;
    this.stop();
    for (const { pass } of waiting) pass();
  }

  /** Forgets what waits: the station stops, the device will send it again. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#queue = [];
  }

  #arm(): void {
    const head = this.#queue[0];
    if (this.#timer || !head) return;
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        while (this.#queue[0] && this.#queue[0].at <= this.now()) this.#queue.shift()?.pass();
        this.#arm();
      },
      Math.max(1, head.at - this.now()),
    );
  }
}
