import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contextOf } from '../fakes/shipped.js';
import { decodeAlarm, encodeAlarm, SHORT_MESSAGE, type PackedAlarm } from './alarm.js';
import { buildTxsq, buildTxxx } from './bds2.js';
import { buildIcr, buildTci, buildTcq } from './bds3.js';
import { crc16, fromHex, toHex } from './bytes.js';
import { beidouCodec } from './codec.js';
import { splitBeidou } from './frames.js';

const time = Date.UTC(2026, 2, 14, 6);
const crack: PackedAlarm = { device: 17165802, time, code: 'L1_LF_1', values: { value: 12.75 }, battery: 93 };
/** Made by hand with python's struct and a CRC of its own. */
const crackHex = '0105EDEA69B4F96000000004FB5D7DCE';
const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const join = (...parts: Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]));
const read = (payload: Uint8Array) => beidouCodec(payload, contextOf('station', { '99': 'foreign-device' }));

describe('the packed alarm', () => {
  it('is what it is on paper', () => {
    expect(crc16(text('123456789'))).toBe(0x29b1);
    expect(toHex(encodeAlarm(crack))).toBe(crackHex);
    expect(toHex(encodeAlarm({ device: 17165802, time, code: 'L3_YL_2', values: { value: 1.2, totalValue: 301.4 } }))).toBe(
      '0105EDEA69B4F96021000C00000BC6FF37E7',
    );
    expect(decodeAlarm(fromHex(crackHex) ?? text(''))).toEqual(crack);
  });

  const shapes: Record<string, [string, number, number][]> = {
    L1_LF: [['value', 100, 60_000]],
    L1_GP: [['gpsTotalX', 10, 100_000], ['gpsTotalY', 10, 100_000], ['gpsTotalZ', 10, 100_000]],
    L1_QJ: [['X', 100, 180], ['Y', 100, 180], ['Z', 100, 180], ['angle', 100, 180], ['AZI', 100, 180]],
    L1_JS: [['gX', 100, 157], ['gY', 100, 157], ['gZ', 100, 157]],
    L3_YL: [['value', 10, 2000], ['totalValue', 10, 99_999]],
    L3_HS: [['value', 10, 100]],
    L3_SY: [['temp', 10, 85], ['value', 1000, 1000]],
    L1_SW: [['dispsX', 100, 5000], ['dispsY', 100, 5000]],
    L4_NW: [['value', 1000, 9000]],
    L2_DS: [['OSP', 10, 200], ['VSP', 1000, 30], ['freq', 1, 20_000]],
  }; // prettier-ignore

  it('says again what it was told, to its own precision, in one short message', () =>
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(shapes)),
        fc.record({
          device: fc.integer({ min: 0, max: 0xffff_ffff }),
          second: fc.integer({ min: 0, max: 0xffff_ffff }),
          number: fc.integer({ min: 1, max: 8 }),
          battery: fc.option(fc.integer({ min: 0, max: 100 }), { nil: undefined }),
          parts: fc.array(fc.option(fc.double({ min: -1, max: 1, noNaN: true }), { nil: undefined }), { minLength: 5, maxLength: 5 }),
          padding: fc.nat(4),
        }),
        (type, { device, second, number, battery, parts, padding }) => {
          const shape = shapes[type] ?? [];
          const values = Object.fromEntries(
            shape.flatMap(([name, , most], at) => (parts[at] === undefined ? [] : [[name, (parts[at] ?? 0) * most]])),
          );
          const bytes = encodeAlarm({ device, time: second * 1000, code: `${type}_${number}`, values, battery });
          expect(bytes.length).toBeLessThanOrEqual(SHORT_MESSAGE);
          const again = decodeAlarm(join(bytes, new Uint8Array(padding)));
          if ('fault' in again) throw new Error(again.fault);
          expect(again).toMatchObject({ device, time: second * 1000, code: `${type}_${number}` });
          expect(again.battery).toBe(battery);
          expect(Object.keys(again.values).toSorted()).toEqual(Object.keys(values).toSorted());
          for (const [name, per] of shape)
            if (name in values)
              expect(Math.abs((again.values[name] ?? Number.NaN) - (values[name] ?? 0))).toBeLessThanOrEqual(0.5 / per + 1e-9);
        },
      ),
      { numRuns: 1000 },
    ));

  it.each([
    ['an unknown sensor', { code: 'L9_XX_1' }],
    ['a ninth sensor', { code: 'L1_LF_9' }],
    ['a value too large', { values: { value: 3e7 } }],
    ['no number', { values: { value: Number.NaN } }],
    ['a fraction of a second', { time: time + 1 }],
    ['a device of more than 32 bits', { device: 2 ** 32 }],
  ])('refuses to be made of %s', (_, more) => expect(() => encodeAlarm({ ...crack, ...more })).toThrow(RangeError));

  it('tells every single wrong bit', () => {
    const bytes = encodeAlarm(crack);
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const wrong = Uint8Array.from(bytes);
      wrong[bit >> 3] = (wrong[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(decodeAlarm(wrong)).toHaveProperty('fault');
    }
  });
});

describe('frames of the terminals', () => {
  // Published frames, as two receivers showed them.
  it('of Beidou-2 are built as published', () => {
    const example = fromHex('24545853510016000000421FFA6600200031323320CD');
    expect(toHex(buildTxsq(0x1ffa66, text('123 '), 0x42))).toBe(toHex(example ?? text('')));
    expect(toHex(buildTxsq(0x1ffa67, text('123456789')))).toBe('2454585351001B000000461FFA670048003132333435363738398C');
  });
  it('of Beidou-3 are read as published', () => {
    const [frame] = splitBeidou(text('$BDTCI,4204986,4204990,2,111143,2,0,FE24003100000000000006006E5141F0DF0242F3FBDC*31\r\n'));
    expect(frame).toMatchObject({ kind: 'message', from: 4204986 });
    expect(frame && 'content' in frame && toHex(frame.content)).toBe('FE24003100000000000006006E5141F0DF0242F3FBDC');
  });
  it('ask and order with a checksum', () => {
    expect(new TextDecoder().decode(buildIcr())).toBe('$CCICR,0,00*68\r\n');
    expect(new TextDecoder().decode(buildTcq(4205116, Uint8Array.of(0xa4, 0x44)))).toMatch(
      /^\$CCTCQ,4205116,2,1,2,A444,0\*[0-9A-F]{2}\r\n$/,
    );
  });
  it('are found one after another, in any mixture, between noise', () => {
    const kinds = splitBeidou(join(text('..'), buildTxxx(5, text('a')), buildTci(6, 7, '060000', text('b')), buildTxxx(8, text('c'))));
    expect(kinds.map((frame) => ('fault' in frame ? frame.fault : 'from' in frame ? frame.from : frame.kind))).toEqual([
      5,
      6,
      8,
      '2 bytes belong to no Beidou frame',
    ]);
  });
  it('refuses a card number of more than 21 bits and a message longer than any', () => {
    expect(() => buildTxsq(2 ** 21, text('a'))).toThrow(RangeError);
    expect(() => buildTxsq(1, new Uint8Array(600))).toThrow(RangeError);
  });
});

describe('what a gateway hands on', () => {
  const alarm = encodeAlarm(crack);
  it.each([
    ['Beidou-2', buildTxxx(0x1ffa67, alarm)],
    ['Beidou-2, mixed content', buildTxxx(0x1ffa67, join(Uint8Array.of(0xa4), alarm))],
    ['Beidou-3', buildTci(4204986, 4204990, '060000', alarm)],
  ])('becomes readings of the device behind %s', (_, payload) => {
    const { samples, faults } = read(payload);
    expect(samples.map(({ deviceId, channel, time: at, value }) => [deviceId, channel, at, value])).toEqual([
      ['17165802', 'L1_LF_1', time, 12.75],
      ['17165802', 'S1_ZT_1.battery_dump_energy', time, 93],
    ]);
    expect(faults).toEqual([]);
  });

  it.each([
    ['a wrong checksum of Beidou-2', buildTxxx(1, alarm).with(12, 9), 'unreadable-frame'],
    ['a frame cut short', buildTxxx(1, alarm).subarray(0, -4), 'unreadable-frame'],
    ['a wrong checksum of Beidou-3', text('$BDTCI,1,2,2,060000,2,0,00*00'), 'unreadable-frame'],
    ['an order instead of a message', buildTxsq(1, alarm), 'unreadable-frame'],
    ['a message that is no alarm', buildTxxx(1, text('hello')), 'unknown-shape'],
    ['a device that is no child', buildTxxx(1, encodeAlarm({ ...crack, device: 99 })), 'foreign-device'],
    ['a device without clock', buildTxxx(1, encodeAlarm({ ...crack, time: 0 })), 'bad-time'],
    ['nothing', new Uint8Array(), 'unknown-shape'],
  ])('names %s', (_, payload, reason) => expect(read(payload).faults.map((fault) => fault.reason)).toContain(reason));

  it('tells whether the terminal could send', () => {
    const body = 'BDFKI,060000,TCQ,N,12,0';
    const sum = [...text(body)].reduce((a, b) => a ^ b, 0);
    expect(read(text(`$${body}*${toHex(Uint8Array.of(sum))}\r\n`)).facts).toEqual([
      { deviceId: '17165802', name: 'beidou', value: 'not sent: the terminal did not answer (12)' },
    ]);
  });
});
