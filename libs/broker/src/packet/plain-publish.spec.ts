import * as fc from 'fast-check';
import mqtt from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { raw } from '../fakes/raw-client.js';
import { isPlainPublish, PublishReader } from './plain-publish.js';

/** Bytes of the fixed header of a packet under 128 bytes. */
const header = 2;
const read = (reader: PublishReader, packet: Buffer) => reader.read(packet, packet[0] ?? 0, header, packet.length);

/** What the parser of the library makes of a packet. */
function parsed(packet: Buffer) {
  let found: unknown;
  const parser = mqtt.parser();
  parser.on('packet', (one: unknown) => (found = one));
  parser.parse(packet);
  return found as { topic: string; payload: Buffer; dup: boolean; messageId?: number };
}

describe('a message read in place', () => {
  it('is what the parser makes of it, whatever topic came before', () => {
    const reader = new PublishReader();
    const message = fc.record({
      topic: fc.oneof(fc.constantFrom('$dp', 'v1/devices/me/telemetry', '$crsp/甲/cmd'), fc.string({ maxLength: 8, unit: 'grapheme' })),
      payload: fc.uint8Array({ maxLength: 60 }),
      qos: fc.constantFrom(0 as const, 1 as const),
      id: fc.integer({ min: 1, max: 65_535 }),
      dup: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(message, { minLength: 1, maxLength: 6 }), (messages) => {
        for (const { topic, payload, qos, id, dup } of messages) {
          const packet = raw.publish(topic, Buffer.from(payload), { qos, id, dup });
          const { topic: text, payload: bytes, dup: again, messageId } = parsed(packet);
          expect(read(reader, packet)).toEqual({ topic: text, payload: bytes, dup: again, messageId: qos === 0 ? undefined : messageId });
        }
      }),
    );
  });

  it.each([
    ['whose topic runs over its end', Buffer.from([0x30, 4, 0, 3, 0x24, 0x64])],
    ['without room for its id', Buffer.from([0x32, 6, 0, 3, 0x24, 0x64, 0x70, 1])],
    ['without a topic length', Buffer.from([0x30, 1, 0])],
    ['of id 0', raw.publish('$dp', 'x', { id: 0 })],
  ])('is none %s', (_, packet) => expect(read(new PublishReader(), packet)).toBeUndefined());

  it('has QoS 0 or 1', () =>
    expect([0x30, 0x31, 0x32, 0x3a, 0x34, 0x36, 0x82, 0xc0].map(isPlainPublish)).toEqual([
      true,
      true,
      true,
      true,
      false,
      false,
      false,
      false,
    ]));
});
