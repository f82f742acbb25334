import { connect, type Socket } from 'node:net';
import { PATIENCE_MS } from '#libs/testing';

/** A packet as it came: its type (high nibble of byte 0), flags (low nibble) and body. */
export interface RawPacket {
  type: number;
  flags: number;
  body: Buffer;
}
export const packetType = { connack: 2, publish: 3, puback: 4, pubrec: 5, pubcomp: 7, suback: 9, pingresp: 13 } as const;

const text = (value: string | Buffer): Buffer => {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
};
const id = (value: number): Buffer => Buffer.from([value >> 8, value & 0xff]);

function packet(first: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const length: number[] = [];
  let rest = body.length;
  do {
    length.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest >>= 7;
  } while (rest > 0);
  return Buffer.concat([Buffer.from([first, ...length]), body]);
}

/** MQTT 3.1.1 packets, byte by byte: the tests decide what is in one TCP segment. */
export const raw = {
  connect: (options: {
    clientId: string;
    username?: string;
    password?: string;
    keepalive?: number;
    will?: { topic: string; payload: string };
    clean?: boolean;
  }): Buffer => {
    const { clientId, username, password, will } = options;
    const flags =
      (username === undefined ? 0 : 0x80) |
      (password === undefined ? 0 : 0x40) |
      (will ? 0x0c | 0x20 : 0) |
      (options.clean === false ? 0 : 0x02);
    return packet(
      0x10,
      text('MQTT'),
      Buffer.from([4, flags]),
      id(options.keepalive ?? 60),
      text(clientId),
      ...(will ? [text(will.topic), text(will.payload)] : []),
      ...(username === undefined ? [] : [text(username)]),
      ...(password === undefined ? [] : [text(password)]),
    );
  },
  publish: (
    topic: string,
    payload: string | Buffer,
    options: { qos?: 0 | 1 | 2; id?: number; dup?: boolean; retain?: boolean } = {},
  ): Buffer => {
    const qos = options.qos ?? 1;
    const first = 0x30 | (qos << 1) | (options.dup ? 0x08 : 0) | (options.retain ? 0x01 : 0);
    return packet(first, text(topic), ...(qos === 0 ? [] : [id(options.id ?? 1)]), Buffer.from(payload));
  },
  puback: (messageId: number): Buffer => packet(0x40, id(messageId)),
  pubrel: (messageId: number): Buffer => packet(0x62, id(messageId)),
  subscribe: (messageId: number, ...filters: string[]): Buffer =>
    packet(0x82, id(messageId), ...filters.flatMap((filter) => [text(filter), Buffer.from([1])])),
  unsubscribe: (messageId: number, filter: string): Buffer => packet(0xa2, id(messageId), text(filter)),
  ping: (): Buffer => packet(0xc0),
};

/** A socket that speaks MQTT and remembers what it heard. */
export class RawClient {
  readonly heard: RawPacket[] = [];
  closed = false;
  #buffer = Buffer.alloc(0);
  #waiting: (() => void)[] = [];

  /** Bytes of each chunk as it came from the network. */
  readonly segments: number[] = [];

  private constructor(private readonly socket: Socket) {
    socket.on('data', (chunk) => {
      this.segments.push(chunk.length);
      this.#read(chunk);
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.closed = true;
      this.#wake();
    });
  }

  static async open(port: number): Promise<RawClient> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return new RawClient(socket);
  }

  /** Over a socket that is connected: TLS. */
  static over(socket: Socket): RawClient {
    return new RawClient(socket);
  }

  /** Reads nothing more, as a device that hangs. */
  freeze(): void {
    this.socket.pause();
  }

  /** Topics and payloads of what the station sent. */
  messages(): { topic: string; payload: string; qos: number; id: number }[] {
    return this.heard
      .filter(({ type }) => type === packetType.publish)
      .map(({ body, flags }) => {
        const qos = (flags >> 1) & 3;
        const at = 2 + body.readUInt16BE(0);
        return {
          topic: body.toString('utf8', 2, at),
          qos,
          id: qos > 0 ? body.readUInt16BE(at) : 0,
          payload: body.toString('utf8', at + (qos > 0 ? 2 : 0)),
        };
      });
  }

  send(...packets: Buffer[]): void {
    this.socket.write(Buffer.concat(packets));
  }

  end(): void {
    this.socket.destroy();
  }

  /** Packets heard of one type; for acknowledgements their message ids are `ids`. */
  ids(type: number): number[] {
    return this.heard.filter((each) => each.type === type).map(({ body }) => body.readUInt16BE(0));
  }

  /** Resolves when `condition` holds. @throws when it does not come to that, saying what was heard */
  async until(condition: (client: RawClient) => boolean): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    while (!condition(this)) {
      if (Date.now() > deadline)
        throw new Error(`not within ${PATIENCE_MS} ms; heard ${JSON.stringify(this.heard.map(({ type }) => type))}, closed ${this.closed}`);
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
        setTimeout(resolve, 50);
      });
    }
  }

  #read(chunk: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, chunk]);
    // What the broker sends in these tests is always shorter than 128 bytes: one length byte.
    while (this.#buffer.length >= 2 && this.#buffer.length >= 2 + this.#buffer.readUInt8(1)) {
      const end = 2 + this.#buffer.readUInt8(1);
      this.heard.push({ type: this.#buffer.readUInt8(0) >> 4, flags: this.#buffer.readUInt8(0) & 15, body: this.#buffer.subarray(2, end) });
      this.#buffer = this.#buffer.subarray(end);
    }
    this.#wake();
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
