import { MINUTE } from '#libs/contracts';

/**
 * Messages a robot says in a minute at most. Vendors silence a robot for ten minutes after more than 20 (notify.md §3.4): at 20 a clock that differs by a
 * second costs those ten minutes, far below and a storm's warnings queue up.
 */
const PER_MINUTE = 18;

/** Counts what was said within the last minute. Time is an argument. */
export class MinuteBucket {
  #said: number[] = [];

  /** Takes a turn. @returns milliseconds to wait, 0 = taken */
  take(now: number): number {
    this.#said = this.#said.filter((at) => at > now - MINUTE);
    const [first] = this.#said;
    if (first !== undefined && this.#said.length >= PER_MINUTE) return first + MINUTE - now;
    this.#said.push(now);
    return 0;
  }

  /** Nobody may speak for a minute: the vendor says it was too much. */
  full(now: number): void {
    this.#said = Array.from({ length: PER_MINUTE }, () => now);
  }
}
