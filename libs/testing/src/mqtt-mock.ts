import net from 'node:net';
import type { Duplex } from 'node:stream';
import { type IClientOptions, type ISubscriptionGrant, MqttClient } from 'mqtt';
import { duplexPair } from './duplex-pair.js';

/** How a device double reaches the broker: the same scenario runs over memory and over a socket. */
export type Transport = () => Duplex;

/** Over an in-memory duplex: `handle` is the broker's connection handler (Aedes). */
export const memoryTransport =
  (handle: (stream: Duplex) => void): Transport =>
  () => {
    const [device, broker] = duplexPair();
    handle(broker);
    return device;
  };

/** Over a real socket on this machine. */
export const socketTransport =
  (port: number): Transport =>
  () =>
    net.connect({ port, host: '127.0.0.1', noDelay: true });

export interface Acknowledged {
  topic: string;
  payload: Buffer;
  /** ms from publish to PUBACK. */
  tookMs: number;
}

/** A device double that records what happened to it: acknowledgements, refusals, messages from above. It never reconnects by itself. */
export class RecordingDevice {
  readonly acknowledged: Acknowledged[] = [];
  readonly received: { topic: string; payload: Buffer }[] = [];
  closed = false;
  readonly #client: MqttClient;
  readonly #lost: Promise<never>;

  private constructor(client: MqttClient) {
    this.#client = client;
    client.on('message', (topic, payload) => this.received.push({ topic, payload }));
    this.#lost = new Promise((_, reject) => {
      client.once('close', () => {
        this.closed = true;
        reject(new Error('closed before PUBACK'));
      });
    });
    // Whoever waits for a PUBACK is told; a connection that closes while nobody waits is no error.
    this.#lost.catch(() => undefined);
  }

  /** @throws the broker's refusal (CONNACK code in the message) */
  static async connect(transport: Transport, deviceId: string, secret: string, options: IClientOptions = {}): Promise<RecordingDevice> {
    const client = new MqttClient(transport, {
      clientId: deviceId,
      username: deviceId,
      password: secret,
      protocolVersion: 4,
      reconnectPeriod: 0,
      ...options,
    });
    await new Promise<void>((resolve, reject) => {
      client.once('connect', () => resolve());
      client.once('error', reject);
      client.once('close', () => reject(new Error('the broker closed the connection')));
    });
    client.on('error', () => undefined);
    return new RecordingDevice(client);
  }

  /** Resolves when PUBACK came; rejects when the connection closes first. */
  async publish(topic: string, payload: Uint8Array | string, qos: 0 | 1 | 2 = 1): Promise<void> {
    const bytes = Buffer.from(payload);
    const start = performance.now();
    await Promise.race([this.#client.publishAsync(topic, bytes, { qos }), this.#lost]);
    this.acknowledged.push({ topic, payload: bytes, tookMs: performance.now() - start });
  }

  async subscribe(filter: string): Promise<ISubscriptionGrant[]> {
    return this.#client.subscribeAsync(filter, { qos: 1 });
  }

  async disconnect(): Promise<void> {
    await this.#client.endAsync(true);
  }
}
