import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CodecContext } from '#libs/contracts';
import { shippedCatalogue } from '../fakes/shipped.js';
import { bcdValue, bytesOf, stampOf } from './bcd.js';
import { sl651Codec } from './codec.js';
import { crc16 } from './crc.js';
import { buildUplink } from './downlink.js';
import { framesOf, parseFrame, symbol } from './frame.js';

const profile = shippedCatalogue().profile('sl651-station');
const context: CodecContext = {
  deviceId: '0012345678',
  source: (id) => (profile && !id.endsWith('99999999') ? { profile } : { refused: 'foreign-device', detail: id }),
};
/** Bytes written in hex, with blanks where it helps the eye. */
const hexBytes = (hex: string) => bytesOf(hex.replaceAll(' ', ''));
const party = { station: '0012345678', centre: 1, password: '1234' };
const opening = '0001260314060000';
const about = 'F1F1001234567848F0F02603140600';
const read = (elements: string, afn = 0x32) =>
  sl651Codec(buildUplink(party, { afn, end: symbol.ETX, body: hexBytes(opening + about + elements) }), context);
const values = (elements: string, afn?: number) =>
  read(elements, afn).samples.map(({ channel, value, time }) => [
    channel,
    value,
    time === null ? '' : new Date(time).toISOString().slice(11, 16),
  ]);

describe('SL 651-2014', () => {
  it('sums the check string of the standard to 4B37', () => {
    expect(crc16(new TextEncoder().encode('123456789'))).toBe(0x4b37);
  });

  it('reads a frame written by hand, and the observation time is Beijing time', () => {
    // 7E7E, centre 01, station 0012345678, password 1234, AFN 32, 0020 (32) bytes, STX, serial 0001, sent 26-03-14 06:00:00,
    // F1F1 station class 48, F0F0 26-03-14 06:00, 26 with 3 bytes and 1 decimal = 12.3 mm, 38 with 2 bytes and 2 decimals = 12.65 V, ETX, CRC (Modbus, high byte first).
    const hex = '7E7E010012345678123432002002 0001260314060000 F1F1001234567848 F0F02603140600 2619000123 38121265 03 89E8';
    const decoded = sl651Codec(hexBytes(hex), context);
    expect(decoded.faults).toEqual([]);
    expect(decoded.samples.map(({ channel, value, time }) => [channel, value, new Date(time ?? 0).toISOString()])).toEqual([
      ['L3_YL_1.totalValue', 12.3, '2026-03-13T22:00:00.000Z'],
      ['S1_ZT_1.ext_power_volt', 12.65, '2026-03-13T22:00:00.000Z'],
    ]);
  });

  it.each<[string, string, [string, number][]]>([
    ['a river level', '392300123456', [['L3_DB_1', 123.456]]],
    ['a negative level, a byte longer for its sign', '392BFF00001234', [['L3_DB_1', -1.234]]],
    ['depth of groundwater', '0E1A012345', [['L3_DX_1', 123.45]]],
    ['soil moisture at 10 and 100 cm', '1011035217110401', [['L3_HS_1', 35.2], ['L3_HS_8', 40.1]]],
    ['flow velocity', '371B001234', [['L3_LS_1', 1.234]]],
    ['rain of an hour', '1A19000125', [['L3_SD_1.hour1', 12.5]]],
  ])('reads %s', (_, elements, expected) => {
    expect(values(elements).map(([channel, value]) => [channel, value])).toEqual(expected);
  }); // prettier-ignore

  it('reads the rain of an hourly report as twelve five-minute values, without those that are not there', () => {
    const rain = values('F4600001020304050607080910FF', 0x34);
    expect(rain).toHaveLength(11);
    expect(rain[0]).toEqual(['L3_YL_1', 0, '21:05']);
    expect(rain[10]).toEqual(['L3_YL_1', 1.6, '21:55']);
    expect(values(`F5C00001${'0002'.repeat(10)}FFFF`, 0x34)).toHaveLength(11);
  });

  it('places the values of a uniform report a step apart, with a sign where one is negative', () => {
    expect(values('0418000005 3923 00001000 FF00000500 FFFFFFFF 00001200', 0x31)).toEqual([
      ['L3_DB_1', 1, '22:00'],
      ['L3_DB_1', -0.5, '22:05'],
      ['L3_DB_1', 1.2, '22:15'],
    ]);
  });

  it('reads the alarm bits as states of sensors, 0 = normal', () => {
    const states = values('452000000042');
    expect(states.filter(([, value]) => value === 1).map(([channel]) => channel)).toEqual([
      'S1_ZT_1.sensor_state.battery_low',
      'S1_ZT_1.sensor_state.level_meter',
    ]);
    expect(states).toHaveLength(9);
  });

  it('knows no value from a value: all FF is none, letters are a fault, an unknown element is named, the rest is kept', () => {
    expect(bcdValue(hexBytes('FFFFFF'), 1)).toBe('absent');
    expect(bcdValue(hexBytes('00A123'), 1)).toBe('bad');
    expect(read('2619FFFFFF').samples).toEqual([]);
    const mixed = read('26190A0123 9919000001 FF8508 20 38121265');
    expect(mixed.faults.map(({ reason }) => reason)).toEqual(['bad-value', 'unknown-code']);
    expect(mixed.faults[1]?.detail).toContain('FF85');
    expect(mixed.samples.map(({ channel }) => channel)).toEqual(['S1_ZT_1.ext_power_volt']);
    expect(read('392300').faults[0]?.reason).toBe('unreadable-frame');
  });

  it('marks a test report, so that water poured into the gauge is no rain', () => {
    expect(read('2619000123', 0x30).samples[0]?.quality).toEqual(['maintenance']);
  });

  it('takes a relayed station only as a child, and puts pictures and words aside whole', () => {
    const foreign = buildUplink(party, {
      afn: 0x32,
      end: symbol.ETX,
      body: hexBytes(`${opening}F1F1009999999948F0F026031406002619000123`),
    });
    expect(sl651Codec(foreign, context).faults[0]?.reason).toBe('foreign-device');
    expect(read('F3F3FFD8FFE0', 0x36).faults[0]).toMatchObject({ reason: 'file-frame', detail: '4 bytes of picture' });
  });

  it('needs every part of a message', () => {
    const part = (number: number, hex: string) =>
      buildUplink(party, { afn: 0x31, end: number === 2 ? symbol.ETX : symbol.ETB, part: { total: 2, number }, body: hexBytes(hex) });
    const [one, two] = [part(1, `${opening}${about}041800000539230000`), part(2, '1000 00002000')];
    expect(sl651Codec(Uint8Array.from([...one, ...two]), context).samples.map(({ value }) => value)).toEqual([1, 2]);
    expect(sl651Codec(one, context).faults[0]?.detail).toContain('1 of 2 parts are missing, the first is 2');
  });

  it('never throws, whatever the bytes, and a frame that was changed in one bit is no frame', () => {
    const good = buildUplink(party, { afn: 0x32, end: symbol.ETX, body: hexBytes(opening + about + '2619000123') });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        sl651Codec(bytes, context);
        sl651Codec(buildUplink(party, { afn: 0x31, end: symbol.ETX, body: bytes }), context);
      }),
      { numRuns: 2000 },
    );
    fc.assert(
      fc.property(fc.nat(good.length * 8 - 1), (bit) => {
        const bad = Uint8Array.from(good);
        bad[bit >> 3] = (bad[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(framesOf(bad)).toBeUndefined();
      }),
    );
    expect(parseFrame(good)).toMatchObject({ size: good.length, frame: { station: '0012345678', password: '1234', centre: 1, up: true } });
  });

  it('writes Beijing time', () => {
    expect(stampOf(Date.UTC(2026, 2, 13, 22, 0, 5))).toBe('260314060005');
  });
});
