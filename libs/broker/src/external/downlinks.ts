/** Messages waiting for the broker's PUBACK. More: a broker that does not answer holds their payloads; fewer: a broadcast to a county is cut. */
const MAX_PENDING = 1_000;
/** How long the broker may take to acknowledge. */
const ANSWER_MS = 10_000;

interface Pending {
  resolve: () => void;
  reject: (error: Error) => void;
  timer: NodeJS.Timeout;
}

/** What the station has published and the broker has not acknowledged yet, by message id. */
export class Downlinks {
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;

  /** Sends by `publish` with the id it is given. @throws too many wait, no answer, or the broker went away */
  send(publish: (messageId: number) => void): Promise<void> {
    if (this.#pending.size >= MAX_PENDING) return Promise.reject(new Error('too many messages wait for the external broker'));
    do this.#lastId = (this.#lastId % 0xffff) + 1;
    while (this.#pending.has(this.#lastId));
    const messageId = this.#lastId;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#settle(messageId, 'the external broker did not acknowledge the message'), ANSWER_MS);
      this.#pending.set(messageId, { resolve, reject, timer });
      publish(messageId);
    });
  }

  /** @param reasonCode of PUBACK; from 0x80 it is a refusal (MQTT 5 §3.4.2.1), 0x10 = nobody has subscribed */
  acknowledged(messageId: number, reasonCode: number): void {
    if (reasonCode >= 0x80) this.#settle(messageId, `the external broker refused the message (0x${reasonCode.toString(16)})`);
    else if (reasonCode === 0x10) this.#settle(messageId, 'the device is not connected to the external broker');
    else this.#settle(messageId, undefined);
  }

  ended(): void {
    for (const messageId of this.#pending.keys()) this.#settle(messageId, 'the external broker went away');
  }

  #settle(messageId: number, fault: string | undefined): void {
    const pending = this.#pending.get(messageId);
    if (!pending) return;
    this.#pending.delete(messageId);
    clearTimeout(pending.timer);
    if (fault === undefined) pending.resolve();
    else pending.reject(new Error(fault));
  }
}
