import type { Clock } from '#libs/contracts';
import { redactPhones, type Logger } from '#libs/platform';
import { afterQuestion, type Reconciled } from '../gate/policy.js';
import type { ClaimedDelivery, Outbox, ProviderAnswer, Receipt, Reported } from '../ports.js';
import { allowedDrivers, type Driver } from '../gate/route.js';

/** Questions at once; less than sending gets, because the messages they are about may already have arrived. */
const BATCH = 128;

export interface ReconcilerOptions {
  outbox: Outbox;
  drivers: readonly Driver[];
  owner: string;
  clock: Clock;
  logger: Logger;
  changed: (warningId: string) => void;
  /** What became of a message is known, and kept. */
  reported?: (receipt: Receipt, delivery: Reported) => void;
  leaseMs: number;
  requestMs: number;
}

/** Asks providers about messages of unknown outcome before anybody sends them again (promise 4). */
export class Reconciler {
  readonly #options: ReconcilerOptions;
  /** Times each delivery was asked about by this process. After a restart the count starts over: that only asks more. */
  readonly #asked = new Map<string, number>();

  constructor(options: ReconcilerOptions) {
    this.#options = options;
  }

  /** One round. @returns whether there may be more at once */
  async round(): Promise<boolean> {
    const { outbox, owner, leaseMs } = this.#options;
    const claimed = await outbox.claimUnknown(owner, BATCH, leaseMs);
    await Promise.all(claimed.map((delivery) => this.#reconcile(delivery)));
    return claimed.length === BATCH;
  }

  async #reconcile(delivery: ClaimedDelivery): Promise<void> {
    const { outbox, owner, clock, logger } = this.#options;
    const { provider, answer } = await this.#askAll(delivery);
    const asked = (this.#asked.get(delivery.id) ?? 0) + 1;
    const outcome = afterQuestion(delivery, provider, answer, asked, clock.now());
    if (outcome.reason === 'ask-again') this.#asked.set(delivery.id, asked);
    else this.#asked.delete(delivery.id);
    const kept = await outbox.settle(delivery.id, owner, outcome.settlement);
    logger.info({ deliveryId: delivery.id, outcome: outcome.reason, asked, kept }, 'asked the provider about an unknown outcome');
    if (kept && 'code' in outcome && provider) await this.#receive(delivery, provider, outcome);
    if (outcome.reason !== 'ask-again') this.#options.changed(delivery.warningId);
  }

  async #receive(delivery: ClaimedDelivery, provider: string, outcome: Extract<Reconciled, { code: string }>): Promise<void> {
    const { outbox, clock, reported } = this.#options;
    const { outId } = delivery;
    const { providerId } = outcome.settlement;
    const receipt: Receipt = { outId, providerId, provider, status: outcome.reason, code: outcome.code, at: clock.now() };
    const known = await outbox.receive(receipt);
    if (known) reported?.(receipt, known);
  }

  /** A worker that died mid-request left no note of the provider, so then each one that can be asked is asked. */
  async #askAll(delivery: ClaimedDelivery): Promise<{ provider?: string; answer: ProviderAnswer | 'unreachable' | 'unaskable' }> {
    const candidates = allowedDrivers(delivery, this.#options.drivers).filter(
      ({ channel }) => !delivery.provider || channel.name === delivery.provider,
    );
    const unaskable = candidates.some(({ channel }) => !channel.query && !channel.capabilities.once);
    const able = candidates.filter(({ channel }) => channel.query !== undefined);
    let unreachable = false;
    for (const { channel } of able) {
      try {
        const { outId, address: to, firstSentAt, createdAt, template } = delivery;
        // No name of the provider's: one would be that of an earlier attempt.
        const question = { outId, to, sentAt: firstSentAt ?? createdAt, text: template.text };
        const answer = await channel.query?.(question);
        if (answer && answer !== 'ABSENT') return { provider: channel.name, answer };
      } catch (error) {
        unreachable = true;
        const why = redactPhones(error instanceof Error ? error.message : 'unknown error');
        this.#options.logger.warn({ deliveryId: delivery.id, provider: channel.name, why }, 'the provider could not be asked');
      }
    }
    // One who can't be asked may have it, whatever the others say; nobody at all is no proof of absence.
    if (unaskable) return { answer: 'unaskable' };
    return { answer: unreachable || candidates.length === 0 ? 'unreachable' : 'ABSENT' };
  }
}
