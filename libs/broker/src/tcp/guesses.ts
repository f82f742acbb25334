/** Wrong passwords one address may give for one device within the window. Fewer: a technician at the station locks it out; more: four digits are guessed within months. */
const MAX_WRONG = 5;
const WINDOW_MS = 10 * 60_000;
/** Pairs remembered; an attacker with more addresses than this is no longer slowed, and the memory is bounded. */
const MAX_PAIRS = 10_000;

/**
 * Slows the guessing of short passwords. Counted for a device and an address together: for the device alone, anybody could
 * silence a station; for the address alone, one wrong station would lock out all that share its gateway.
 */
export class Guesses {
  readonly #wrong = new Map<string, { count: number; since: number }>();

  /** False: this address has given too many wrong passwords for the device lately; a right one is not looked at. */
  mayTry(address: string, deviceId: string, now: number): boolean {
    const known = this.#wrong.get(`${address} ${deviceId}`);
    return !known || known.count < MAX_WRONG || now - known.since >= WINDOW_MS;
  }

  wrong(address: string, deviceId: string, now: number): void {
    const key = `${address} ${deviceId}`;
    const known = this.#wrong.get(key);
    this.#wrong.delete(key);
    this.#wrong.set(key, known && now - known.since < WINDOW_MS ? { ...known, count: known.count + 1 } : { count: 1, since: now });
    const [oldest] = this.#wrong.keys();
    if (this.#wrong.size > MAX_PAIRS && oldest !== undefined) this.#wrong.delete(oldest);
  }

  right(address: string, deviceId: string): void {
    this.#wrong.delete(`${address} ${deviceId}`);
  }
}
