import { afterEach, beforeEach, expect } from 'vitest';
import type { RegisteredDevice, RegistryView } from '#libs/contracts';
import type { Packet } from '#libs/ingest';
import { createLogger, DataKey } from '#libs/platform';
import { PATIENCE_MS } from '#libs/testing';
import { createEmbeddedBroker } from '../embedded-broker.js';
import type { BrokerNotice, EmbeddedBroker, EmbeddedBrokerOptions } from '../session/options.js';
import { raw, RawClient } from './raw-client.js';

export const dataKey = new DataKey('a data key of thirty-two characters');
export const secretOf = (id: string): string => `secret-of-${id}`;
const registered = (deviceId: string) =>
  ({ deviceId, interval: 60, secretHash: dataKey.deviceSecretHash(secretOf(deviceId)) }) as RegisteredDevice;
const devices = ['A', 'B'].map(registered);
export const registry = {
  device: (id: string) => devices.find((each) => each.deviceId === id),
  deviceBySecretHash: (hash: string) => devices.find((each) => each.secretHash === hash),
} as RegistryView;

export interface Held extends Packet {
  resolve(): void;
  reject(): void;
}

/** A broker whose messages wait in `held` until the test settles them, and its clients. One a spec file, new for each test. */
export class BrokerInTest {
  broker!: EmbeddedBroker;
  held: Held[] = [];
  notices: BrokerNotice[] = [];
  listening: string[] = [];
  clients: RawClient[] = [];

  constructor() {
    beforeEach(() => {
      this.held = [];
      this.notices = [];
      this.listening = [];
      this.clients = [];
    });
    afterEach(async () => {
      for (const client of this.clients) client.end();
      for (const each of this.held) each.resolve();
      await this.broker.stop(200);
    });
  }

  async start(options: Partial<EmbeddedBrokerOptions> = {}): Promise<void> {
    this.broker = await createEmbeddedBroker({
      host: '127.0.0.1',
      port: 0,
      deviceRate: 0,
      connectsAMinute: 0,
      registry,
      dataKey,
      clock: { now: () => 1_000 },
      logger: createLogger('silent'),
      notice: (kind) => this.notices.push(kind),
      listening: (deviceId) => this.listening.push(deviceId),
      accept: (packet) =>
        new Promise((resolve, reject) => this.held.push({ ...packet, resolve, reject: () => reject(new Error('the store is away')) })),
      ...options,
    });
  }

  async open(port = this.broker.port): Promise<RawClient> {
    const client = await RawClient.open(port);
    this.clients.push(client);
    return client;
  }

  /** A device that is connected. */
  async device(id = 'A', more: Partial<Parameters<typeof raw.connect>[0]> = {}): Promise<RawClient> {
    const client = await this.open();
    client.send(raw.connect({ clientId: id, username: id, password: secretOf(id), ...more }));
    await client.until(({ heard }) => heard.length > 0);
    expect(client.heard[0]?.body[1]).toBe(0);
    return client;
  }
}

export async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`not within ${PATIENCE_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
/** Long enough for what must not happen to happen. */
export const quiet = () => new Promise((resolve) => setTimeout(resolve, 60));
