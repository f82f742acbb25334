/** A refusal of the vendor's gateway: code and HTTP status are the vendor's. */
export type SignatureFault = { code: string; status: number };

/** Requests older or newer than this are refused: a recorded one must not be replayed tomorrow. */
const CLOCK_SKEW_MS = 15 * 60_000;

/** Refuses requests from another time and those seen before. */
export class Freshness {
  readonly #now: () => number;
  readonly #nonces = new Map<string, number>();

  constructor(now: () => number) {
    this.#now = now;
  }

  check(date: string, nonce: string): SignatureFault | undefined {
    const now = this.#now();
    const at = Date.parse(date);
    if (!Number.isFinite(at) || Math.abs(now - at) > CLOCK_SKEW_MS) return { code: 'InvalidTimeStamp.Expired', status: 400 };
    for (const [old, until] of this.#nonces) {
      if (until > now) break;
      this.#nonces.delete(old);
    }
    if (nonce === '' || this.#nonces.has(nonce)) return { code: 'SignatureNonceUsed', status: 400 };
    this.#nonces.set(nonce, now + 2 * CLOCK_SKEW_MS);
    return undefined;
  }
}

/** RFC 3986: what encodeURIComponent leaves raw is encoded too. The SDK sends `*` raw and signs `%2A`, so everything is decoded and encoded again. */
export const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/** `k=v&…`, sorted by key, encoded for signing. */
export const sortedQuery = (pairs: Iterable<readonly [string, string]>): string =>
  [...pairs]
    .toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([key, value]) => `${encode(key)}=${encode(value)}`)
    .join('&');
