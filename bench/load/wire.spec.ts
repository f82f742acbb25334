import { parser, type Packet } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { AnswerReader, connectPacket, pingPacket, publishPacket } from './wire.js';

/** As an independent implementation reads it. */
function read(bytes: Buffer): Packet {
  const packets: Packet[] = [];
  const reader = parser({ protocolVersion: 4 });
  reader.on('packet', (packet: Packet) => packets.push(packet));
  expect(reader.parse(bytes)).toBe(0);
  expect(packets).toHaveLength(1);
  return packets[0] as Packet;
}

describe('packets of a load client', () => {
  it('are read by another implementation as what they mean', () => {
    expect(read(connectPacket('G51322100001', 'secret', 60))).toMatchObject({
      cmd: 'connect',
      protocolVersion: 4,
      clean: true,
      keepalive: 60,
      clientId: 'G51322100001',
      username: 'G51322100001',
    });
    const { bytes, idAt, payloadAt } = publishPacket('$dp', Buffer.from('x'.repeat(300)));
    bytes.writeUInt16BE(4711, idAt);
    bytes[payloadAt] = 0x79;
    expect(read(bytes)).toMatchObject({ cmd: 'publish', qos: 1, messageId: 4711, topic: '$dp' });
    expect(bytes.subarray(payloadAt).toString()).toBe(`y${'x'.repeat(299)}`);
    expect(read(pingPacket).cmd).toBe('pingreq');
  });
});

describe('AnswerReader', () => {
  const answers = Buffer.from([0x20, 2, 0, 0, 0x40, 2, 0x12, 0x67, 0xd0, 0, 0x40, 2, 0, 9]);
  it.each([1, 3, 5, 100])('hears every answer in pieces of %i bytes', (size) => {
    const heard: string[] = [];
    const reader = new AnswerReader({ connack: (code) => heard.push(`connack ${code}`), puback: (id) => heard.push(`puback ${id}`) });
    for (let at = 0; at < answers.length; at += size) reader.feed(answers.subarray(at, at + size));
    expect(heard).toEqual(['connack 0', 'puback 4711', 'puback 9']);
  });

  it('says when something else comes', () => {
    const reader = new AnswerReader({ connack: () => undefined, puback: () => undefined });
    expect(() => reader.feed(Buffer.from([0x32, 2, 0, 0]))).toThrow('packet type 3');
  });
});
