import { Problem } from '#libs/contracts';
import type { DataKey } from '#libs/platform';
import type { IdempotencyStore } from '../ports.js';

export interface Outcome {
  status: number;
  body: unknown;
}
export interface IdempotentRequest {
  key: string;
  /** User id. */
  actor: string;
  /** Everything that makes it the request it is: operation, path parameters, body. */
  request: unknown;
}

/** Refusals that are facts about the request at that moment and are repeated as they were; others may be tried again. */
const repeatable: ReadonlySet<number> = new Set([409, 422]);

/**
 * Carries out a request once per key and actor: the same request again gets the first answer and has no second effect,
 * also when both arrive at the same moment. The key's memory is the store's (24 h).
 */
export class Idempotency {
  readonly #running = new Map<string, Promise<unknown>>();

  constructor(
    private readonly store: IdempotencyStore,
    private readonly dataKey: DataKey,
  ) {}

  /** @throws Problem idempotency-mismatch when the key was used for another request; invalid-request for a bad key */
  async once({ key, actor, request }: IdempotentRequest, carryOut: () => Promise<Outcome>): Promise<Outcome> {
    if (!/^[\x21-\x7e]{1,128}$/.test(key)) throw new Problem('invalid-request', 'Idempotency-Key: 1–128 visible ASCII characters');
    const slot = `${actor}\n${key}`;
    const before = this.#running.get(slot);
    const mine = (async () => {
      // The first one's failure is its own; the second then tries itself.
      if (before) await before.catch(() => undefined);
      return this.#known(key, actor, this.#hash(request), carryOut);
    })();
    this.#running.set(slot, mine);
    try {
      return await mine;
    } finally {
      if (this.#running.get(slot) === mine) this.#running.delete(slot);
    }
  }

  async #known(key: string, actor: string, requestHash: string, carryOut: () => Promise<Outcome>): Promise<Outcome> {
    const known = await this.store.find(key, actor);
    if (known) {
      if (known.requestHash === requestHash) return { status: known.status, body: known.body };
      throw new Problem('idempotency-mismatch', 'This Idempotency-Key was used for another request; make a new key for a new request');
    }
    const outcome = await carryOut();
    if (outcome.status < 300 || repeatable.has(outcome.status))
      await this.store.save(key, actor, requestHash, outcome.status, outcome.body);
    return outcome;
  }

  /** Keyed: a request may hold a phone or a password, which a plain hash would let someone guess. */
  #hash(request: unknown): string {
    return this.dataKey.lookupHash(JSON.stringify(request));
  }
}
