/**
 * The few MQTT 3.1.1 packets a load needs, as bytes: a client library would cost more than the broker under test
 * (https://docs.oasis-open.org/mqtt/mqtt/v3.1.1/os/mqtt-v3.1.1-os.html, clauses in brackets).
 */

const text = (value: string): Buffer => {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes]);
};

/** Remaining length [2.2.3]. */
function lengthBytes(length: number): Buffer {
  const bytes: number[] = [];
  let rest = length;
  do {
    bytes.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest >>= 7;
  } while (rest > 0);
  return Buffer.from(bytes);
}

const packet = (first: number, body: Buffer): Buffer => Buffer.concat([Buffer.from([first]), lengthBytes(body.length), body]);

/** CONNECT [3.1] with user name and password, clean session. @param keepAlive seconds, 0 = none */
export const connectPacket = (deviceId: string, secret: string, keepAlive: number): Buffer =>
  packet(
    0x10,
    Buffer.concat([text('MQTT'), Buffer.from([4, 0xc2, keepAlive >> 8, keepAlive & 0xff]), text(deviceId), text(deviceId), text(secret)]),
  );

/** PUBLISH [3.3] QoS 1 with packet id 0, and where in it the id and the payload begin. */
export function publishPacket(topic: string, payload: Buffer): { bytes: Buffer; idAt: number; payloadAt: number } {
  const name = text(topic);
  const bytes = packet(0x32, Buffer.concat([name, Buffer.from([0, 0]), payload]));
  const payloadAt = bytes.length - payload.length;
  return { bytes, idAt: payloadAt - 2, payloadAt };
}

export const pingPacket: Buffer = Buffer.from([0xc0, 0]);

/** What a broker answers a load client. */
export interface Answers {
  connack(returnCode: number): void;
  puback(packetId: number): void;
}

/** Reads CONNACK, PUBACK and PINGRESP out of a stream; all are shorter than 128 bytes, so their length is one byte. */
export class AnswerReader {
  #rest: Buffer = Buffer.alloc(0);

  constructor(private readonly answers: Answers) {}

  /** @throws Error when the broker sends something else: then the bench measures something else */
  feed(chunk: Buffer): void {
    const bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    let at = 0;
    while (at + 2 <= bytes.length && at + 2 + bytes[at + 1]! <= bytes.length) {
      const type = bytes[at]! >> 4;
      if (type === 4) this.answers.puback((bytes[at + 2]! << 8) | bytes[at + 3]!);
      else if (type === 2) this.answers.connack(bytes[at + 3]!);
      else if (type !== 13) throw new Error(`the broker sent packet type ${type}, which a load client never asks for`);
      at += 2 + bytes[at + 1]!;
    }
    this.#rest = at < bytes.length ? Buffer.from(bytes.subarray(at)) : Buffer.alloc(0);
  }
}
