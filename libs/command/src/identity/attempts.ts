import { MINUTE, Problem, SECOND, type Clock } from '#libs/contracts';

/** Failures before the first wait. Fewer: a duty officer with cold fingers waits at 3 a.m.; more: a guesser gets them for free each time. */
const freeFailures = 5;
/** The wait doubles from here … */
const firstWait = 2 * SECOND;
/** … up to here. Longer would let anyone lock a signer out for the night by failing on purpose. */
const longestWait = 5 * MINUTE;
/** Without a failure for so long, the count starts anew. */
const forgetAfter = 15 * MINUTE;
/** Failures of one address over all user names before it waits: one list of names from one machine. */
const freeFailuresOfAddress = 30;
/** Entries kept; the oldest leave first, so a flood of invented names can't fill the memory. */
const kept = 10_000;

interface Failures {
  count: number;
  last: number;
}

/** Counts failed log-ins per user and address and makes the next one wait longer and longer. In memory: a restart forgives. */
export class LoginAttempts {
  readonly #failures = new Map<string, Failures>();

  constructor(private readonly clock: Clock) {}

  /** @throws Problem too-many-attempts with `retryAfter` in seconds */
  check(username: string, address: string): void {
    const wait = Math.max(this.#wait(`${username}\n${address}`, freeFailures), this.#wait(`\n${address}`, freeFailuresOfAddress));
    if (wait <= 0) return;
    const retryAfter = Math.ceil(wait / SECOND);
    throw new Problem('too-many-attempts', `Too many failed log-ins; try again in ${retryAfter} s`, { retryAfter });
  }

  failed(username: string, address: string): void {
    for (const key of [`${username}\n${address}`, `\n${address}`]) {
      const before = this.#recent(key);
      this.#failures.delete(key);
      this.#failures.set(key, { count: (before?.count ?? 0) + 1, last: this.clock.now() });
    }
    for (const key of this.#failures.keys()) {
      if (this.#failures.size <= kept) break;
      this.#failures.delete(key);
    }
  }

  /** The address keeps its count: one known password must not buy thirty more guesses at others. */
  succeeded(username: string, address: string): void {
    this.#failures.delete(`${username}\n${address}`);
  }

  #recent(key: string): Failures | undefined {
    const failures = this.#failures.get(key);
    return failures && this.clock.now() - failures.last < forgetAfter ? failures : undefined;
  }

  #wait(key: string, free: number): number {
    const failures = this.#recent(key);
    if (!failures || failures.count < free) return 0;
    const wait = Math.min(longestWait, firstWait * 2 ** Math.min(failures.count - free, 20));
    return failures.last + wait - this.clock.now();
  }
}
