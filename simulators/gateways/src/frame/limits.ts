/** At most `permits` in a window that begins with the first one counted. `name` as the vendor says it. */
export interface Window {
  permits: number;
  ms: number;
  name: string;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Notifications a number takes from one sign and template (notify.md §1.7). */
export const notificationLimit: readonly Window[] = [{ permits: 50, ms: DAY, name: '天级' }];
/** Calls to a number, every attempt counted (notify.md §3.2). */
export const callLimit: readonly Window[] = [
  { permits: 1, ms: MINUTE, name: '分钟级' },
  { permits: 5, ms: HOUR, name: '小时级' },
  { permits: 20, ms: DAY, name: '天级' },
];

/** A vendor's flow control. Counts what was accepted, whatever became of it. */
export class Limit {
  readonly #windows: readonly Window[];
  readonly #counts = new Map<string, { since: number; count: number }>();

  constructor(windows: readonly Window[]) {
    this.#windows = windows;
  }

  /** The window that is full, if one is. */
  exceeded(key: string, now: number): Window | undefined {
    return this.#windows.find(({ permits, ms }) => {
      const open = this.#counts.get(`${ms}|${key}`);
      return open !== undefined && now - open.since < ms && open.count >= permits;
    });
  }

  count(key: string, now: number): void {
    for (const { ms } of this.#windows) {
      const open = this.#counts.get(`${ms}|${key}`);
      if (!open || now - open.since >= ms) this.#counts.set(`${ms}|${key}`, { since: now, count: 1 });
      else open.count += 1;
    }
  }
}

/** What an account may do: requests in a second, and messages it is still good for. */
export class Account {
  readonly #qps: number;
  #second = 0;
  #used = 0;
  /** Messages until it is empty; undefined: without end. */
  balance: number | undefined;

  constructor(qps: number) {
    this.#qps = qps;
  }

  /** Counts a request. @returns false when this second has had its share */
  admit(now: number): boolean {
    const second = Math.floor(now / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#used = 0;
    }
    this.#used += 1;
    return this.#used <= this.#qps;
  }

  /** Takes the price of some messages. @returns false, and takes nothing, when there is not enough left */
  pay(messages: number): boolean {
    if (this.balance === undefined) return true;
    if (this.balance < messages) return false;
    this.balance -= messages;
    return true;
  }
}
