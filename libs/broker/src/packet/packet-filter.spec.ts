import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { raw } from '../fakes/raw-client.js';
import type { LargeMessage } from './large-message.js';
import { PacketFilter } from './packet-filter.js';

const limits = { first: 100, packet: 400, large: 1_000_000 };
const hello = raw.connect({ clientId: 'A' });

/** Cuts bytes into chunks as a network would. */
const chunks = (bytes: Buffer, cuts: number[]): Buffer[] => {
  const at = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].toSorted((a, b) => a - b);
  return [...at, bytes.length].map((end, index) => bytes.subarray(at[index - 1] ?? 0, end));
};

function filter(parts: Buffer[]): { passed: Buffer | null; large: LargeMessage[] } {
  const large: LargeMessage[] = [];
  const each = new PacketFilter(limits, (message) => large.push(message));
  const passed: Buffer[] = [];
  for (const part of parts) {
    const rest = each.feed(part);
    if (!rest) return { passed: null, large };
    passed.push(rest);
  }
  return { passed: Buffer.concat(passed), large };
}

describe('packet filter', () => {
  it('hands packets up to the limit on as they are and takes larger messages off, however they are cut', () =>
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 900 }), fc.constantFrom(0 as const, 1 as const, 2 as const)), { maxLength: 8 }),
        fc.array(fc.nat(8000)),
        (messages, cuts) => {
          const packets = messages.map(([size, qos], id) => ({
            bytes: raw.publish('$dp', Buffer.alloc(size, id + 1), { qos, id: id + 1, dup: id % 2 === 0 && qos > 0 }),
            // the topic (2 + 3) and the message id (2) count too
            large: size + 5 + (qos > 0 ? 2 : 0) > limits.packet,
            size,
            qos,
            id: id + 1,
          }));
          const { passed, large } = filter(chunks(Buffer.concat([hello, ...packets.map(({ bytes }) => bytes)]), cuts));
          expect(passed).toEqual(Buffer.concat([hello, ...packets.filter((each) => !each.large).map(({ bytes }) => bytes)]));
          const expected = packets.filter((each) => each.large);
          expect(
            large.map(({ topic, qos, messageId, dup, payloadLength, head }) => ({ topic, qos, messageId, dup, payloadLength, head })),
          ).toEqual(
            expected.map(({ qos, id, size }) => ({
              topic: '$dp',
              qos,
              messageId: qos === 0 ? undefined : id,
              dup: id % 2 === 1 && qos > 0,
              payloadLength: size,
              head: Buffer.alloc(size, id),
            })),
          );
        },
      ),
    ));

  it('takes messages of QoS 0 and 1 that lie whole in what came, in the order of all, and leaves the parser everything else', () =>
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 300 }), fc.constantFrom<'ping' | 0 | 1 | 2>('ping', 0, 1, 2)), {
          maxLength: 12,
        }),
        fc.array(fc.nat(4000), { maxLength: 6 }),
        (messages, cuts) => {
          const packets = messages.map(([size, qos], id) =>
            qos === 'ping' ? raw.ping() : raw.publish('$dp', Buffer.alloc(size, id + 1), { qos, id: id + 1 }),
          );
          const read: Buffer[] = [];
          let taken = 0;
          const each = new PacketFilter(limits, () => undefined);
          each.feed(hello);
          each.plain = (bytes, _first, from, to) => {
            const header = to - from < 128 ? 2 : 3;
            taken += 1;
            read.push(bytes.subarray(from - header, to));
            return true;
          };
          for (const chunk of chunks(Buffer.concat(packets), cuts)) {
            for (let next: Buffer | undefined = chunk; next; next = each.takeRest()) read.push(each.feed(next) ?? Buffer.from('refused'));
          }
          expect(Buffer.concat(read)).toEqual(Buffer.concat(packets));
          const plain = messages.filter(([, qos]) => qos === 0 || qos === 1).length;
          if (cuts.length === 0) expect(taken).toBe(plain);
        },
      ),
    ));

  it('keeps the beginning of a large message and none of the rest', () => {
    const { passed, large } = filter([hello, raw.publish('$dp', Buffer.alloc(900_000, 7)), raw.ping()]);
    expect(passed).toEqual(Buffer.concat([hello, raw.ping()]));
    expect(large[0]?.payloadLength).toBe(900_000);
    expect(large[0]?.head).toEqual(Buffer.alloc(64 * 1024 - 7, 7));
  });

  it.each([
    ['a first packet over its own limit', [Buffer.from([0x10, 0x65])]],
    ['a large first packet, even a PUBLISH', [raw.publish('$dp', Buffer.alloc(500))]],
    ['a message over the largest size, at its announcement', [hello, Buffer.from([0x32, 0xff, 0xff, 0xff, 0x7f])]],
    ['a large packet that is no message', [hello, Buffer.from([0x82, 0x91, 0x03])]],
    ['a length of five bytes', [hello, Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff, 0x01])]],
    ['a large message whose topic runs over its end', [hello, Buffer.from([0x32, 0x91, 0x03]), Buffer.alloc(401, 0xff)]],
    ['a large message of QoS 3', [hello, Buffer.from([0x36, 0x91, 0x03]), Buffer.alloc(401)]],
  ])('ends the connection at %s', (_, parts) => expect(filter(parts).passed).toBeNull());
});
