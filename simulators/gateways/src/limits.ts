const WINDOW_MS = 24 * 3_600_000;
/** Notifications a number takes from one sign and template in 24 h from the first (notify.md §1.7). */
const NOTIFICATIONS_A_DAY = 50;

/** The vendor's flow control for notifications. Counts what was accepted, whatever became of it. */
export class DailyLimit {
  readonly #windows = new Map<string, { since: number; count: number }>();

  exceeded(key: string, now: number): boolean {
    const window = this.#windows.get(key);
    return window !== undefined && now - window.since < WINDOW_MS && window.count >= NOTIFICATIONS_A_DAY;
  }

  count(key: string, now: number): void {
    const window = this.#windows.get(key);
    if (!window || now - window.since >= WINDOW_MS) this.#windows.set(key, { since: now, count: 1 });
    else window.count += 1;
  }
}
