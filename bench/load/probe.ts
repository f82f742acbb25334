import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { buildFrame } from '#devices';
import { topics } from '#libs/contracts';
import type { Credential } from './job.js';
import { AnswerReader, connectPacket, publishPacket } from './wire.js';

/** One device on a raw socket, for single messages whose moment matters. */
export class Probe {
  #id = 0;

  private constructor(
    private readonly socket: Socket,
    private readonly deviceId: string,
  ) {}

  static async connect(port: number, { deviceId, secret }: Credential): Promise<Probe> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    await new Promise<void>((resolve, reject) => {
      const reader = new AnswerReader({
        connack: (code) => (code === 0 ? resolve() : reject(new Error(`the probe was refused: CONNACK ${code}`))),
        puback: () => undefined,
      });
      socket.on('data', (chunk) => reader.feed(chunk));
      socket.on('error', reject);
      socket.write(connectPacket(deviceId, secret, 0));
    });
    return new Probe(socket, deviceId);
  }

  /** Publishes one value, measured now. */
  publish(channel: string, value: number): void {
    this.#id = (this.#id % 65_535) + 1;
    const payload = Buffer.from(buildFrame(2, { [this.deviceId]: { [channel]: { [new Date().toISOString()]: value } } }));
    const { bytes, idAt } = publishPacket(topics.nationalUp, payload);
    bytes.writeUInt16BE(this.#id, idAt);
    this.socket.write(bytes);
  }

  close(): void {
    this.socket.destroy();
  }
}
