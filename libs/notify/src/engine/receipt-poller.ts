import { SECOND, type Clock } from '#libs/contracts';
import { redactPhones, type Logger } from '#libs/platform';
import { receiptPolling } from '../gate/policy.js';
import type { AwaitingReceipt, Outbox, Receipt, Reported } from '../ports.js';
import type { Driver } from '../gate/route.js';

/** Only looks which receipts are due (`receiptPolling` says when a provider is asked): rarer shows a delivered message late, oftener only asks the database. */
const LOOK_EVERY_MS = SECOND;
/** Asked in one round: more would hold the round longer than the pause behind it, fewer falls behind a county's 5,000 messages. */
const BATCH = 64;

export interface ReceiptPollerOptions {
  outbox: Outbox;
  drivers: readonly Driver[];
  clock: Clock;
  logger: Logger;
  changed: (warningId: string) => void;
  /** What became of a message is known, and kept. */
  reported?: (receipt: Receipt, delivery: Reported) => void;
}

/**
 * Asks for receipts that were not pushed: vendors drop a push after three tries, so polling is not a fallback but a duty (notify.md §1.8).
 * An answer enters through `receive`, where a late or repeated one changes nothing.
 */
export class ReceiptPoller {
  readonly #options: ReceiptPollerOptions;
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> = Promise.resolve();
  #running = false;

  constructor(options: ReceiptPollerOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    const next = () => {
      this.#round = this.round()
        .catch((error: unknown) => {
          this.#options.logger.warn({ why: redactPhones(String(error)) }, 'receipts could not be asked for; tried again');
        })
        .finally(() => {
          if (this.#running) this.#timer = setTimeout(next, LOOK_EVERY_MS);
        });
    };
    next();
  }

  async stop(): Promise<void> {
    this.#running = false;
    clearTimeout(this.#timer);
    await this.#round;
  }

  /** Asks about everything due, once. */
  async round(): Promise<void> {
    const { red, other } = receiptPolling;
    for (;;) {
      const due = await this.#options.outbox.awaitingReceipt(BATCH, { red: red.againMs, other: other.againMs });
      await Promise.all(due.map((one) => this.#ask(one)));
      if (due.length < BATCH) return;
    }
  }

  async #ask(one: AwaitingReceipt): Promise<void> {
    const { outbox, drivers, clock, logger, changed, reported } = this.#options;
    const driver = drivers.find(({ channel }) => channel.name === one.provider);
    if (!driver?.channel.query) return;
    try {
      const answer = await driver.channel.query({ outId: one.outId, to: one.address, sentAt: one.firstSentAt, providerId: one.providerId });
      if (answer === 'ABSENT' || answer.status === 'ACCEPTED') return;
      const status = answer.status === 'DELIVERED' ? 'delivered' : 'failed';
      const { outId, provider } = one;
      const receipt: Receipt = { outId, providerId: answer.providerId, provider, status, code: answer.code ?? '', at: clock.now() };
      const delivery = await outbox.receive(receipt);
      if (delivery) reported?.(receipt, delivery);
      changed(one.warningId);
    } catch (error) {
      logger.warn({ deliveryId: one.id, provider: one.provider, why: redactPhones(String(error)) }, 'a receipt could not be asked for');
    }
  }
}
