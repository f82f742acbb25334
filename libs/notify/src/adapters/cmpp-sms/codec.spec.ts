import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode, decodeReport, encode, encodeReport, type CmppBody, type CmppPacket, type CmppVersion } from './codec.js';
import { FrameReader } from './frames.js';
import { connectBody, gatewayIsGenuine, validUntil } from './sign-on.js';
import { toParts } from './text.js';

const submitBody = (over: Partial<CmppBody<'submit'>> = {}): CmppBody<'submit'> => ({
  msgId: '0000000000000000',
  partCount: 1,
  part: 1,
  registered: 1,
  level: 0,
  serviceId: 'GEOWARN',
  feeUserType: 2,
  feeNumber: '',
  feeNumberType: 0,
  protocolId: 0,
  headed: 0,
  format: 8,
  source: '901234',
  feeType: '01',
  feeCode: '0',
  validUntil: '',
  sendAt: '',
  from: '10690000001',
  toCount: 1,
  to: '13900000001',
  toType: 0,
  content: Buffer.alloc(0),
  reserved: '',
  ...over,
});

/** Packets of an independent implementation, each read without complaint by Wireshark's dissector. */
const golden = {
  connect: '000000270000000100000001393031323334b9f0ebf04ef48515136131c87eaff6fe3029cabb1e',
  submit:
    '000000dd000000040000000200000000000000000101010047454f5741524e0000000200000000000000000000000000000000000000000000000000' +
    '000000000000000000000839303132333430313000000000000000000000000000000000000000000000000000000000000000000000000000000031' +
    '3036393030303030303100000000000000000000013133393030303030303031000000000000000000000000000000000000000000001a3010573070' +
    '7e98848b66301177f3789167517acb53738f6c79fb0000000000000000000000000000000000000000',
  secondPart:
    '00000107000000040000000400000000000000000202010047454f5741524e0000000200000000000000000000000000000000000000000000000000' +
    '000000000000000000010839303132333430313000000000000000000000000000000000000000000000000000000000000000000000000000000031' +
    '303639303030303030310000000000000000000001313339303030303030303100000000000000000000000000000000000000000000440500030802' +
    '0253d15e0330026536523056de590d0031ff0c97005e2e52a956de590d0032ff0c75358bdd0030003800330038002d00310032003300340035003600' +
    '3730020000000000000000000000000000000000000000',
  report:
    '000000b40000000500000066111213141516171831303639303030300000000000000000000000000047454f5741524e000000000000313339303030' +
    '3030303031000000000000000000000000000000000000000000000147010203040506070844454c4956524432363131323032303330323631313230' +
    '323033313133393030303030303031000000000000000000000000000000000000000000000000070000000000000000000000000000000000000000',
};
const long =
  '【XX县自然资源局】地质灾害红色预警：石碑村3组滑坡变形急剧加速，可能随时下滑。请立即沿2号路线撤离到村小学，勿返回取物。15时20分发布。收到回复1，需帮助回复2，电话0838-1234567。';

describe('golden packets of CMPP 3.0', () => {
  it('signs on as another implementation does', () => {
    const body = connectBody('901234', 'sharedsec', '3.0', Date.parse('2026-07-01T15:20:30+08:00'));
    expect(encode({ command: 'connect', body }, 1, '3.0').toString('hex')).toBe(golden.connect);
  });

  it('submits one part, and the second of two', () => {
    const [only] = toParts('【地灾预警】石碑村立即转移', 7);
    expect(encode({ command: 'submit', body: submitBody(only) }, 2, '3.0').toString('hex')).toBe(golden.submit);
    const parts = toParts(long, 8);
    expect(parts).toHaveLength(2);
    const body = submitBody({ ...parts[1], partCount: 2, part: 2 });
    expect(encode({ command: 'submit', body }, 4, '3.0').toString('hex')).toBe(golden.secondPart);
  });

  it('reads a report', () => {
    const read = decode(Buffer.from(golden.report, 'hex'), '3.0');
    expect(read).toMatchObject({ sequence: 102, packet: { command: 'deliver', body: { registered: 1, to: '10690000' } } });
    const content = 'packet' in read && read.packet.command === 'deliver' ? read.packet.body.content : Buffer.alloc(0);
    expect(decodeReport(content, '3.0')).toMatchObject({ msgId: '0102030405060708', state: 'DELIVRD', to: '13900000001', smscSequence: 7 });
  });
});

const version = fc.constantFrom<CmppVersion>('2.0', '3.0');
const text = (most: number) => fc.string({ unit: fc.constantFrom('0', '7', 'A', 'x', '-', ':'), maxLength: most });
const id = fc.uint8Array({ minLength: 8, maxLength: 8 }).map((bytes) => Buffer.from(bytes).toString('hex'));
const byte = fc.integer({ min: 0, max: 255 });
const word = fc.integer({ min: 0, max: 0xffff_ffff });
const bytes = (min: number, max: number) => fc.uint8Array({ minLength: min, maxLength: max }).map((given) => Buffer.from(given));
/** Every packet there is, with any values its fields hold in both versions. */
const packet: fc.Arbitrary<CmppPacket> = fc.oneof(
  fc.record({
    command: fc.constant('connect' as const),
    body: fc.record({ source: text(6), authenticator: bytes(16, 16), version: byte, timestamp: word }),
  }),
  fc.record({
    command: fc.constant('connectResp' as const),
    body: fc.record({ status: byte, authenticator: bytes(16, 16), version: byte }),
  }),
  fc.record({
    command: fc.constant('submit' as const),
    body: fc
      .record({
        msgId: id,
        part: byte,
        partCount: byte,
        serviceId: text(10),
        from: text(21),
        to: text(21),
        headed: byte,
        content: bytes(0, 255),
      })
      .map((given) => submitBody(given)),
  }),
  fc.record({ command: fc.constantFrom('submitResp' as const, 'deliverResp' as const), body: fc.record({ msgId: id, result: byte }) }),
  fc.record({
    command: fc.constant('deliver' as const),
    body: fc.record({
      msgId: id,
      to: text(21),
      serviceId: text(10),
      protocolId: byte,
      headed: byte,
      format: byte,
      from: text(21),
      fromType: fc.constant(0),
      registered: byte,
      content: bytes(0, 255),
      reserved: text(8),
    }),
  }),
  fc.record({ command: fc.constantFrom('activeTest' as const, 'terminate' as const, 'terminateResp' as const), body: fc.constant({}) }),
  fc.record({ command: fc.constant('activeTestResp' as const), body: fc.record({ reserved: byte }) }),
) as fc.Arbitrary<CmppPacket>;

describe('any packet', () => {
  it('is what it was after encoding and decoding, in both versions', () => {
    fc.assert(
      fc.property(packet, word, version, (given, sequence, as) => {
        expect(decode(encode(given, sequence, as), as)).toEqual({ packet: given, sequence });
      }),
    );
  });

  it('comes out of a stream whole and in order, however the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(packet, { maxLength: 6 }), fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1 }), (given, cuts) => {
        const sent = given.map((one, index) => encode(one, index, '3.0'));
        const stream = Buffer.concat(sent);
        const reader = new FrameReader();
        const got: Buffer[] = [];
        for (let at = 0, cut = 0; at < stream.length; cut += 1) {
          const size = cuts[cut % cuts.length] ?? 1;
          got.push(...reader.push(stream.subarray(at, at + size)).packets.map((one) => Buffer.from(one)));
          at += size;
        }
        expect(got).toEqual(sent);
      }),
    );
  });

  it('may be rubbish: nothing throws, nothing waits for more than a packet can be', () => {
    fc.assert(
      fc.property(fc.array(bytes(0, 300), { maxLength: 8 }), version, (chunks, as) => {
        const reader = new FrameReader();
        for (const chunk of chunks) {
          const { packets, fault } = reader.push(chunk);
          for (const one of packets) decode(one, as);
          if (fault) break;
          decode(chunk, as);
          decodeReport(chunk, as);
        }
      }),
    );
    expect(new FrameReader().push(Buffer.from('7fffffff', 'hex'))).toMatchObject({ fault: expect.stringContaining('packet of') as string });
    expect(new FrameReader().push(Buffer.from('00000003', 'hex'))).toMatchObject({ fault: expect.stringContaining('packet of') as string });
  });

  it('refuses a value that does not fit: it would be cut in silence', () => {
    expect(() => encode({ command: 'submit', body: submitBody({ serviceId: 'MORE THAN TEN' }) }, 1, '3.0')).toThrow(RangeError);
    expect(() => encode({ command: 'submit', body: submitBody({ content: Buffer.alloc(256) }) }, 1, '3.0')).toThrow(RangeError);
  });
});

it('a report is what it was, in both versions', () => {
  fc.assert(
    fc.property(id, text(7), text(21), word, version, (msgId, state, to, smscSequence, as) => {
      const report = { msgId, state, submittedAt: '2611202030', doneAt: '2611202031', to, smscSequence };
      expect(decodeReport(encodeReport(report, as), as)).toEqual(report);
    }),
  );
});

it('knows a genuine gateway by the secret, and says until when a message is worth sending', () => {
  const ours = connectBody('901234', 'sharedsec', '3.0', 0).authenticator;
  const answer = { status: 0, version: 0x30, authenticator: Buffer.from('00'.repeat(16), 'hex') };
  expect(gatewayIsGenuine(answer, ours, 'sharedsec', '3.0')).toBe(false);
  expect(validUntil(Date.parse('2026-07-01T15:23:00+08:00'))).toBe('260701152300032+');
});
