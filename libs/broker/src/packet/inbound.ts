import type { Duplex } from 'node:stream';
import type { Connection } from '../session/connection.js';
import type { LargeMessage } from './large-message.js';
import { PacketFilter, type PacketLimits } from './packet-filter.js';
import { PublishReader, type PlainPublish } from './plain-publish.js';

/**
 * What a device may leave unread of what the station sends it, bytes (beyond what the kernel holds). Less: a burst of
 * acknowledgements on a slow link cuts a healthy device off. More: 18,000 devices that never read fill the memory.
 */
export const maxUnread = 256 * 1024;

/** Why a connection is ended from here. */
export type InboundFault = 'too-large' | 'slow-reader';

export interface InboundEvents {
  /** A message over the size limit has gone by; only its beginning is there. */
  large(connection: Connection, message: LargeMessage): void;
  /** A message of QoS 0 or 1. */
  plain(connection: Connection, message: PlainPublish): void;
  ended(fault: InboundFault, deviceId: string | undefined): void;
}

/** The one place all bytes of a connection pass before Aedes sees them. */
export class Inbound {
  readonly #filter: PacketFilter;
  readonly #read: (size?: number) => unknown;
  #connection: Connection | undefined;
  /** A large message that came together with CONNECT, before it was known from whom. */
  #early: LargeMessage | undefined;

  constructor(
    private readonly stream: Duplex,
    limits: PacketLimits,
    private readonly events: InboundEvents,
  ) {
    this.#filter = new PacketFilter(limits, (message) => this.#large(message));
    this.#read = stream.read.bind(stream);
  }

  /** The device is known. */
  opened(connection: Connection): void {
    this.#connection = connection;
    const early = this.#early;
    this.#early = undefined;
    if (early) this.events.large(connection, early);
  }

  /**
   * CONNACK has left, and what came before it has been read: from now on whole messages of QoS 0 and 1 are taken here.
   * @param alive the device has been heard (MQTT-3.1.2-24)
   */
  ready(alive: () => void): void {
    const reader = new PublishReader();
    this.#filter.plain = (bytes, first, from, to) => {
      const connection = this.#connection;
      if (!connection) return false;
      // One of those before it ended the connection.
      if (this.stream.destroyed) return true;
      const message = reader.read(bytes, first, from, to);
      if (!message) return false;
      alive();
      this.events.plain(connection, message);
      return true;
    };
  }

  /** While the device has too much under way nothing is read: the socket's buffer fills, then TCP holds the device back. */
  read(size?: number): unknown {
    const { stream } = this;
    for (;;) {
      if (stream.destroyed || this.#connection?.isFull()) return null;
      if (stream.writableLength > maxUnread) return this.#end('slow-reader');
      const chunk: unknown = this.#filter.takeRest() ?? this.#read(size);
      if (!Buffer.isBuffer(chunk)) return chunk;
      const rest = this.#filter.feed(chunk);
      if (!rest) return this.#end('too-large');
      // All of the chunk was taken here: Aedes would take an empty answer for the end of what is there.
      if (rest.length > 0) return rest;
    }
  }

  #large(message: LargeMessage): void {
    if (this.#connection) this.events.large(this.#connection, message);
    else if (this.#early) this.#end('too-large');
    else this.#early = message;
  }

  #end(fault: InboundFault): null {
    this.events.ended(fault, this.#connection?.deviceId);
    this.stream.destroy();
    return null;
  }
}

/**
 * Puts limits on packet size, on what is under way, and on what the device leaves unread between a connection and Aedes, which
 * has none. Aedes reads by `read()` in paused mode, whenever a packet is done or the stream says `readable`; so an answer of
 * "nothing there" loses nothing.
 */
export function watchInbound(stream: Duplex, limits: PacketLimits, events: InboundEvents): Inbound {
  const inbound = new Inbound(stream, limits, events);
  stream.read = (size?: number): unknown => inbound.read(size);
  return inbound;
}
