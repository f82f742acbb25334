import type { Packet } from '#libs/ingest';
import type { EmbeddedBrokerOptions } from '../session/options.js';

/** Hands messages to `accept` and knows how many are on the way. */
export class Acceptance {
  #under = 0;
  #waiting: (() => void)[] = [];

  constructor(private readonly options: Pick<EmbeddedBrokerOptions, 'accept' | 'notice' | 'logger'>) {}

  /** `settle` gets null when the message is accepted; else the error that closes the connection without PUBACK. */
  accept(message: Packet, settle: (error: Error | null) => void): void {
    this.#under += 1;
    let accepted: Promise<void>;
    try {
      accepted = this.options.accept(message);
    } catch (error) {
      accepted = Promise.reject(error instanceof Error ? error : new Error(String(error)));
    }
    accepted.then(
      () => {
        this.#done();
        settle(null);
      },
      (error: unknown) => {
        this.#refused(message, error);
        this.#done();
        settle(new Error('not accepted'));
      },
    );
  }

  /** Resolves when nothing is under way, or after `graceMs`. */
  async idle(graceMs: number): Promise<void> {
    if (this.#under === 0) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
      timer = setTimeout(resolve, graceMs);
    });
    clearTimeout(timer);
  }

  #refused({ deviceId }: Packet, error: unknown): void {
    this.options.notice?.('not-accepted');
    this.options.logger.warn(
      { deviceId, error: error instanceof Error ? error.message : String(error) },
      'message not stored, connection closed: the device sends it again',
    );
  }

  #done(): void {
    this.#under -= 1;
    if (this.#under === 0) for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
