import { connect, type Socket } from 'node:net';
import { FrameTemplate } from './frame.js';
import type { Credential } from './job.js';
import { AnswerReader, connectPacket, pingPacket } from './wire.js';

/** Messages of one client that can be told apart while unacknowledged; a power of two. */
const ring = 4096;

export interface ClientEvents {
  /** CONNACK 0. */
  connected(): void;
  /** A PUBACK; when its message was due and written, ms of the monotonic clock. */
  acked(due: number, written: number): void;
  /** The broker refused or closed the connection, or can't be reached. */
  lost(reason: string): void;
}

const now = (): number => performance.now();

/** One device on one raw socket. */
export class LoadClient {
  readonly #template: FrameTemplate;
  readonly #due = new Float64Array(ring);
  readonly #written = new Float64Array(ring);
  #socket: Socket | undefined;
  #id = 0;
  #time = 0;
  #connected = false;
  #over = false;
  /** PUBACKs of the chunk being read. */
  #answered = 0;
  inFlight = 0;
  /** Messages to send when some are acknowledged; 0 = only when told to. */
  refill = false;

  constructor(
    readonly credential: Credential,
    private readonly port: number,
    private readonly keepAlive: number,
    private readonly events: ClientEvents,
  ) {
    this.#template = new FrameTemplate(credential.deviceId);
  }

  open(): void {
    this.#over = false;
    this.#connected = false;
    this.inFlight = 0;
    const socket = connect({ port: this.port, host: '127.0.0.1', noDelay: true });
    this.#socket = socket;
    const reader = new AnswerReader({
      connack: (code) => {
        if (code !== 0) return this.#lose(`CONNACK ${code}`);
        this.#connected = true;
        this.events.connected();
      },
      puback: (id) => this.#acked(id),
    });
    socket.on('connect', () => socket.write(connectPacket(this.credential.deviceId, this.credential.secret, this.keepAlive)));
    socket.on('data', (chunk) => {
      this.#answered = 0;
      reader.feed(chunk);
      if (this.refill && this.#answered > 0) this.send(this.#answered, now());
    });
    socket.on('error', (error) => this.#lose(error.message));
    socket.on('close', () => this.#lose(this.#connected ? 'closed by the broker' : 'closed before CONNACK'));
  }

  /** @param due when these messages should have left, ms of the monotonic clock */
  send(count: number, due: number): void {
    const template = this.#template;
    const bytes = Buffer.allocUnsafe(count * template.length);
    const at = now();
    for (let n = 0; n < count; n += 1) {
      this.#id = (this.#id % 65_535) + 1;
      this.#due[this.#id & (ring - 1)] = due;
      this.#written[this.#id & (ring - 1)] = at;
      // (device, channel, time) is a reading's identity: no two messages share a millisecond.
      this.#time = Math.max(this.#time + 1, Date.now());
      template.write(bytes, n * template.length, this.#id, this.#time, (this.#id * 7919) % 1000);
    }
    this.inFlight += count;
    this.#socket?.write(bytes);
  }

  ping(): void {
    if (this.#connected) this.#socket?.write(pingPacket);
  }

  close(): void {
    this.#over = true;
    this.#connected = false;
    this.#socket?.destroy();
  }

  #acked(id: number): void {
    this.inFlight -= 1;
    this.#answered += 1;
    this.events.acked(this.#due[id & (ring - 1)]!, this.#written[id & (ring - 1)]!);
  }

  #lose(reason: string): void {
    if (this.#over) return;
    this.close();
    this.events.lost(reason);
  }
}
