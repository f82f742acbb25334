import type { Duplex } from 'node:stream';
import { Downlink } from '../downlink.js';
import type { HeldBudget } from '../packet/held-budget.js';
import { InOrder } from '../packet/in-order.js';
import { Pacer } from '../packet/pacer.js';
import { Pubacks, type PubackRound } from '../packet/puback-round.js';
import type { Session } from './sessions.js';

/**
 * What one connection may have under way before it is no longer read. Less: PINGREQ behind a burst waits for the commits before
 * it, and a slow database looks to the device like a dead station. More: memory a connection can hold.
 */
const inFlightLimit = { messages: 100, bytes: 1024 * 1024 };

type Done = (error?: Error | null) => void;

export interface ConnectionNeeds {
  /** Messages a second; 0 = no limit. */
  rate: number;
  held: HeldBudget;
  pubacks: PubackRound;
  /** How long the device may leave its socket's buffer full, ms. */
  drainTimeoutMs: number;
  /** It has left it full for longer; the connection is closed. */
  stuck(): void;
}

/** A device's connection: its place among the sessions, its pace, and the order of its acknowledgements. */
export class Connection implements Session {
  readonly deviceId: string;
  readonly clientId: string;
  readonly pacer: Pacer;
  readonly #order = new InOrder();
  readonly #filters = new Set<string>();
  #downlink: Downlink | undefined;
  readonly #pubacks: Pubacks;
  #bytes = 0;
  #over = false;
  /** It was not read because it was full. */
  #stalled = false;
  #drain: NodeJS.Timeout | undefined;
  readonly #readOn = (): void => {
    if (!this.#over) this.stream.emit('readable');
  };

  constructor(
    readonly epoch: number,
    identity: { deviceId: string; clientId: string },
    private readonly stream: Duplex,
    private readonly needs: ConnectionNeeds,
  ) {
    this.deviceId = identity.deviceId;
    this.clientId = identity.clientId;
    this.pacer = new Pacer(needs.rate, () => performance.now());
    this.#pubacks = new Pubacks(stream, needs.pubacks, () => this.#awaitDrain());
  }

  /** True while the device has to wait before more is read from it; it is read on when there is room again. */
  isFull(): boolean {
    this.#stalled = this.#hasTooMuch();
    return this.#stalled;
  }

  #hasTooMuch(): boolean {
    const underWay = this.#order.size;
    return underWay > inFlightLimit.messages || this.#bytes > inFlightLimit.bytes || (underWay > 0 && this.needs.held.scarce);
  }

  /** Holds one message of QoS 0 or 1. The answer settles it: without error PUBACK leaves, with one the connection is closed. */
  holdPlain(bytes: number, messageId: number | undefined): (error: Error | null) => void {
    let outcome: Error | null = null;
    this.#take(bytes);
    const settled = this.#order.place(() => {
      this.#giveBack(bytes);
      if (this.#over) return;
      if (outcome) this.destroy();
      else if (messageId !== undefined) this.#pubacks.add(messageId);
    });
    return (error) => {
      outcome = error;
      settled();
    };
  }

  /**
   * Holds one publish that Aedes reads. The answer settles it: without error Aedes sends PUBACK or PUBREC, with one it closes the connection.
   *
   * Aedes does not read a connection until the packets of its last chunk are done, so with two publishes held even PINGREQ
   * would go unanswered. It is told to read on by the event it listens to; how far is decided in `inbound.ts`. Deferred,
   * because its parser is in the middle of the chunk now.
   */
  hold(bytes: number, done: Done): (error: Error | null) => void {
    let outcome: Error | null = null;
    this.#take(bytes);
    const settled = this.#order.place(() => {
      this.#giveBack(bytes);
      if (this.#over) return;
      // Those of the messages before it wait for the end of the turn: it must not overtake them (MQTT-4.6.0-2).
      this.#pubacks.send();
      done(outcome);
    });
    queueMicrotask(this.#readOn);
    return (error) => {
      outcome = error;
      settled();
    };
  }

  #take(bytes: number): void {
    this.#bytes += bytes;
    this.needs.held.take(bytes);
  }

  /** Nothing else would tell that it can be read again: what it has sent lies in the stream's buffer already. */
  #giveBack(bytes: number): void {
    this.#bytes -= bytes;
    this.needs.held.giveBack(bytes);
    if (!this.#stalled || this.#hasTooMuch()) return;
    this.#stalled = false;
    queueMicrotask(this.#readOn);
  }

  #awaitDrain(): void {
    if (this.#drain) return;
    this.#drain = setTimeout(() => {
      this.needs.stuck();
      this.destroy();
    }, this.needs.drainTimeoutMs).unref();
    this.stream.once('drain', () => {
      clearTimeout(this.#drain);
      this.#drain = undefined;
    });
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
    clearTimeout(this.#drain);
    this.#downlink?.ended();
  }
}
