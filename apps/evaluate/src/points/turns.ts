/**
 * One decision a turn of the event loop, in the order they ask. Who asks alone goes on at once; of many that ask together each waits for those
 * before it, and in between readings are stored and acknowledged.
 */
export class Turns {
  #taken = false;
  readonly #waiting: (() => void)[] = [];

  /** Undefined: now. */
  next(): Promise<void> | undefined {
    if (this.#taken) return new Promise((resolve) => this.#waiting.push(resolve));
    this.#taken = true;
    setImmediate(() => this.#over());
    return undefined;
  }

  #over(): void {
    const next = this.#waiting.shift();
    if (next) setImmediate(() => this.#over());
    else this.#taken = false;
    next?.();
  }
}
