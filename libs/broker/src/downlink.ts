import type { Duplex } from 'node:stream';
import { generate } from 'mqtt-packet';

/** Why a message did not reach a device. All are worth another try, when the device has connected again. */
export type DownlinkFailure = 'not-connected' | 'timeout' | 'busy';

/** A message to a device that was not acknowledged by it. */
export class DownlinkError extends Error {
  override readonly name = 'DownlinkError';
  constructor(
    readonly reason: DownlinkFailure,
    deviceId: string,
  ) {
    super(`${deviceId}: ${texts[reason]}`);
  }
}

const texts: Readonly<Record<DownlinkFailure, string>> = {
  'not-connected': 'the device has no connection; send again when it connects',
  timeout: 'the device did not acknowledge the message; it may have got it',
  busy: 'too many messages wait for this device to acknowledge them; send again later',
};

/**
 * Messages that may wait for one device's PUBACK. Fewer: a batch of settings is cut. More: a device that never acknowledges
 * holds their payloads. A device of the field answers one command at a time.
 */
const PENDING = 16;

interface Pending {
  resolve: () => void;
  reject: (error: DownlinkError) => void;
  timer: NodeJS.Timeout;
}

/** What the station sends on one connection, and the device's acknowledgements of it (QoS 1, MQTT 3.1.1 §4.3.2). */
export class Downlink {
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;

  constructor(
    private readonly deviceId: string,
    private readonly stream: Duplex,
  ) {}

  /**
   * Resolves at the device's PUBACK, for QoS 0 when the bytes are handed to the socket.
   * @throws DownlinkError
   */
  send(topic: string, payload: Uint8Array, qos: 0 | 1, timeoutMs: number): Promise<void> {
    if (this.stream.destroyed) return Promise.reject(new DownlinkError('not-connected', this.deviceId));
    if (this.#pending.size >= PENDING) return Promise.reject(new DownlinkError('busy', this.deviceId));
    const packet = { cmd: 'publish', topic, payload: Buffer.from(payload), dup: false, retain: false } as const;
    if (qos === 0) {
      this.stream.write(generate({ ...packet, qos }));
      return Promise.resolve();
    }
    const messageId = this.#nextId();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(messageId);
        reject(new DownlinkError('timeout', this.deviceId));
      }, timeoutMs);
      this.#pending.set(messageId, { resolve, reject, timer });
      this.stream.write(generate({ ...packet, qos, messageId }));
    });
  }

  /** The device has acknowledged a message; one nobody waits for (any more) is no fault. */
  acknowledged(messageId: number): void {
    const pending = this.#pending.get(messageId);
    if (!pending) return;
    this.#pending.delete(messageId);
    clearTimeout(pending.timer);
    pending.resolve();
  }

  /** The connection is closed. */
  ended(): void {
    for (const { reject, timer } of this.#pending.values()) {
      clearTimeout(timer);
      reject(new DownlinkError('not-connected', this.deviceId));
    }
    this.#pending.clear();
  }

  /** The station is the only one who publishes on this connection, so ids are its own; 0 is not allowed (MQTT-2.3.1-1). */
  #nextId(): number {
    do this.#lastId = (this.#lastId % 0xffff) + 1;
    while (this.#pending.has(this.#lastId));
    return this.#lastId;
  }
}
