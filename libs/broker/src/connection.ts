import type { Duplex } from 'node:stream';
import { Downlink } from './downlink.js';
import type { HeldBudget } from './held-budget.js';
import { InOrder } from './in-order.js';
import { Pacer } from './pacer.js';
import type { Session } from './sessions.js';

/**
 * What one connection may have under way before it is no longer read. Less: PINGREQ behind a burst waits for the commits before
 * it, and a slow database looks to the device like a dead station. More: memory a connection can hold.
 */
const inFlightLimit = { messages: 100, bytes: 1024 * 1024 };

type Done = (error?: Error | null) => void;

/** A device's connection: its place among the sessions, its pace, and the order of its acknowledgements. */
export class Connection implements Session {
  readonly deviceId: string;
  readonly clientId: string;
  readonly pacer: Pacer;
  readonly #order = new InOrder();
  readonly #filters = new Set<string>();
  #downlink: Downlink | undefined;
  #bytes = 0;
  #over = false;
  readonly #readOn = (): void => {
    if (!this.#over) this.stream.emit('readable');
  };

  constructor(
    readonly epoch: number,
    identity: { deviceId: string; clientId: string },
    private readonly stream: Duplex,
    rate: number,
    private readonly held: HeldBudget,
  ) {
    this.deviceId = identity.deviceId;
    this.clientId = identity.clientId;
    this.pacer = new Pacer(rate, () => performance.now());
  }

  /** True while the device has to wait before more is read from it. */
  isFull(): boolean {
    const underWay = this.#order.size;
    return underWay > inFlightLimit.messages || this.#bytes > inFlightLimit.bytes || (underWay > 0 && this.held.scarce);
  }

  /**
   * Holds one publish. The answer settles it: without error Aedes sends PUBACK, with one it closes the connection.
   *
   * Aedes does not read a connection until the packets of its last chunk are done, so with two publishes held even PINGREQ
   * would go unanswered. It is told to read on by the event it listens to; how far is decided in `inbound.ts`. Deferred,
   * because its parser is in the middle of the chunk now.
   */
  hold(bytes: number, done: Done): (error: Error | null) => void {
    let outcome: Error | null = null;
    this.#bytes += bytes;
    this.held.take(bytes);
    const settled = this.#order.place(() => {
      this.#bytes -= bytes;
      this.held.giveBack(bytes);
      if (!this.#over) done(outcome);
    });
    queueMicrotask(this.#readOn);
    return (error) => {
      outcome = error;
      settled();
    };
  }

  /** What the station sends to the device on this connection. Made when it is first needed: most devices are never sent anything. */
  get downlink(): Downlink {
    this.#downlink ??= new Downlink(this.deviceId, this.stream);
    return this.#downlink;
  }

  acknowledged(messageId: number): void {
    this.#downlink?.acknowledged(messageId);
  }

  /** PUBACK, for QoS 2 PUBREC, of a message Aedes has not seen (MQTT 3.1.1 §3.4, §3.5). */
  acknowledge(qos: number, messageId: number): void {
    this.stream.write(Buffer.from([qos === 2 ? 0x50 : 0x40, 2, messageId >> 8, messageId & 0xff]));
  }

  subscribed(filter: string): void {
    this.#filters.add(filter);
  }

  unsubscribed(filter: string): void {
    this.#filters.delete(filter);
  }

  /** True when a filter the device has subscribed to matches the topic. A device may use `+` only as the last level. */
  listens(topic: string): boolean {
    return this.#filters.has(topic) || this.#filters.has(topic.replace(/[^/]*$/, '+'));
  }

  /** Bytes the device has been sent and has not taken. */
  get unread(): number {
    return this.stream.writableLength;
  }

  /** Closes the connection: a newer one of the same client has taken over, or the device must send again. */
  destroy(): void {
    this.stream.destroy();
  }

  /** The connection is closed: what it still holds is taken, unless the station stops, and answered to nobody. */
  ended(stopping: boolean): void {
    this.#over = true;
    if (stopping) this.pacer.stop();
    else this.pacer.flush();
    this.#downlink?.ended();
  }
}
