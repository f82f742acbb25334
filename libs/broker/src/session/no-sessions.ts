import { Readable } from 'node:stream';
import type { Client } from 'aedes';

/** As Aedes calls it (the interface of its persistence packages). */
interface Numbered {
  messageId?: number;
}

/**
 * What Aedes keeps of a session: nothing but the ids of QoS 2 messages under way. Every message goes to ingest and every session
 * is a clean one, so there is nothing to retain, to queue or to restore, and a device can't fill the station's memory with
 * subscriptions, wills or retained messages of client ids it makes up.
 */
export class NoSessions {
  readonly #arriving = new WeakMap<Client, Set<number>>();

  constructor(
    /** A device acknowledged a message of ours. */
    private readonly acknowledged: (client: Client, messageId: number) => void,
  ) {}

  async setup(): Promise<void> {}
  async addSubscriptions(): Promise<void> {}
  async removeSubscriptions(): Promise<void> {}
  async cleanSubscriptions(): Promise<void> {}
  subscriptionsByClient = (): Promise<never[]> => Promise.resolve([]);
  subscriptionsByTopic = (): Promise<never[]> => Promise.resolve([]);
  async storeRetained(): Promise<void> {}
  createRetainedStreamCombi = (): Readable => Readable.from([]);
  createRetainedStream = (): Readable => Readable.from([]);
  async putWill(): Promise<void> {}
  async getWill(): Promise<void> {}
  async delWill(): Promise<void> {}
  streamWill = (): Readable => Readable.from([]);
  async outgoingEnqueue(): Promise<void> {}
  async outgoingEnqueueCombi(): Promise<void> {}
  async outgoingUpdate(): Promise<void> {}
  outgoingStream = (): Readable => Readable.from([]);

  async outgoingClearMessageId(client: Client, { messageId }: Numbered): Promise<void> {
    if (messageId !== undefined) this.acknowledged(client, messageId);
  }

  async incomingStorePacket(client: Client, { messageId }: Numbered): Promise<void> {
    const arriving = this.#arriving.get(client) ?? new Set();
    this.#arriving.set(client, arriving.add(messageId ?? 0));
  }

  /** @throws when the message is new: that is how Aedes asks */
  async incomingGetPacket(client: Client, { messageId }: Numbered): Promise<Numbered> {
    if (!this.#arriving.get(client)?.has(messageId ?? 0)) throw new Error('no such packet');
    return { messageId: messageId ?? 0 };
  }

  async incomingDelPacket(client: Client, { messageId }: Numbered): Promise<void> {
    if (!this.#arriving.get(client)?.delete(messageId ?? 0)) throw new Error('no such packet');
  }

  async cleanIncoming(client: Client): Promise<void> {
    this.#arriving.delete(client);
  }

  async destroy(): Promise<void> {}
}
