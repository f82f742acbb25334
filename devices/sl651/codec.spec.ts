import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CodecContext } from '#libs/contracts';
import { shippedCatalogue } from '../fakes/shipped.js';
import { bcdValue, bytesOf, stampOf } from './bcd.js';
import { idsOf, sl651Codec } from './codec.js';
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
    ['depth to groundwater, never as a level', '0E1A012345', [['L3_MS_1', 123.45]]],
    ['a well that has run dry as no depth', '0E1A044400 38121265', [['S1_ZT_1.ext_power_volt', 12.65]]],
    ['soil water by weight at 10 and 100 cm, never as one by volume', '1011035217110401', [['L3_ZH_1', 35.2], ['L3_ZH_8', 40.1]]],
    ['flow velocity', '371B001234', [['L3_LS_1', 1.234]]],
    ['rain of an hour', '1A19000125', [['L3_SD_1.hour1', 12.5]]],
    ['rain of a minute, of 10 and of 30', '211900001223190000452419000080', [['L3_SD_1.minute1', 1.2], ['L3_SD_1.minutes10', 4.5], ['L3_SD_1.minutes30', 8]]],
    ['the level below a dam and above it', '3A23000100003B2300020000', [['L3_DB_3', 10], ['L3_DB_2', 20]]],
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

  it.each([
    ['the time of the first value, as the standard has it', '2603140605', '260314070005', ['22:05', '23:00']],
    ['the full hour at which it ends, also when it is sent late', '2603140700', '260314093000', ['22:05', '23:00']],
    ['the minute it is sent at', '2603140710', '260314071002', ['22:15', '23:10']],
  ])('places an hourly report that gives %s', (_, observed, sent, [first, last]) => {
    const body = hexBytes(`0001${sent}F1F1001234567850F0F0${observed}F460${'01'.repeat(12)}`);
    const { samples } = sl651Codec(buildUplink(party, { afn: 0x34, end: symbol.ETX, body }), context);
    const at = samples.map(({ time }) => new Date(time ?? 0).toISOString().slice(11, 16));
    expect([at.length, at[0], at.at(-1)]).toEqual([12, first, last]);
  });

  it('reads whole hours behind a step of nothing one after another, never as elements', () => {
    // The second hour begins with bytes that would be element 26, 3 bytes, 1 decimal: 12.3 mm.
    const rain = values(`0418000000 F460 ${'01'.repeat(12)} 2619000123 ${'02'.repeat(7)}`, 0x38);
    expect(rain).toHaveLength(24);
    expect([...new Set(rain.map(([channel]) => channel))]).toEqual(['L3_YL_1']);
    expect([rain[0], rain[12], rain[23]]).toEqual([['L3_YL_1', 0.1, '22:00'], ['L3_YL_1', 3.8, '23:00'], ['L3_YL_1', 0.2, '23:55']]); // prettier-ignore
  });

  it('places the values of a uniform report a step apart, all of one length; a sign beyond it is understood too', () => {
    const expected = [
      ['L3_DB_1', 1, '22:00'],
      ['L3_DB_1', -0.5, '22:05'],
      ['L3_DB_1', 1.2, '22:15'],
    ];
    expect(values('0418000005 392B 0000001000 FF00000500 FFFFFFFFFF 0000001200', 0x31)).toEqual(expected);
    expect(values('0418000005 3923 00001000 FF00000500 FFFFFFFF 00001200', 0x31)).toEqual(expected);
    expect(read('0418000005 3923 00001000 000012', 0x31).faults[0]?.reason).toBe('unreadable-frame');
  });

  it('reads the alarm bits as states of sensors, 0 = normal', () => {
    const states = values('4520000000C2');
    expect(states.filter(([, value]) => value === 1).map(([channel]) => channel)).toEqual([
      'S1_ZT_1.sensor_state.battery_low',
      'S1_ZT_1.sensor_state.level_meter',
    ]);
    expect(states).toHaveLength(8);
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

  it('knows a station that is numbered within its county by its decimal number', () => {
    expect(idsOf('5132210FA0')).toEqual(['5132210FA0', '513221004000']);
    expect(idsOf('0012345678')).toEqual(['0012345678', '12345678']);
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
