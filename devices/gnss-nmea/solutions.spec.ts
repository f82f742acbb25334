import { describe, expect, it } from 'vitest';
import type { GnssLine, GnssSolution } from '../gnss/solution.js';
import { readNmea } from './solutions.js';

/** A sentence with its checksum. */
function sentence(body: string): string {
  let sum = 0;
  for (const char of body) sum ^= char.charCodeAt(0);
  return `$${body}*${sum.toString(16).toUpperCase().padStart(2, '0')}\r\n`;
}
const gga = (clock: string, quality = '4', more: { lat?: string; ns?: string; alt?: string; age?: string } = {}): string =>
  sentence(
    `GNGGA,${clock},${more.lat ?? '3124.000072'},${more.ns ?? 'N'},10329.999922,E,${quality},18,0.7,${more.alt ?? '2149.95'},M,-50.00,M,${more.age ?? '1.0'},0001`,
  );
const rmc = (clock: string, date: string, status = 'A'): string => sentence(`GNRMC,${clock},${status},,,,,,,${date},,`);
const zda = (clock: string, date: string): string => sentence(`GPZDA,${clock},${date},00,00`);
const solutions = (text: string): GnssSolution[] => [...readNmea(text)].filter((line): line is GnssSolution => 'time' in line);
const faults = (text: string): string[] => [...readNmea(text)].flatMap((line: GnssLine) => ('reason' in line ? [line.reason] : []));
const times = (text: string): string[] => solutions(text).map(({ time }) => new Date(time).toISOString());

describe('GGA', () => {
  it('gives a position above the ellipsoid', () => {
    const [solution] = solutions(rmc('060000.00', '140326') + gga('060000.00'));
    expect(solution).toMatchObject({ quality: 'fixed', age: 1, time: Date.UTC(2026, 2, 14, 6) });
    const position = solution?.position;
    // 24.000072' = 0.4000012°, 29.999922' = 0.4999987°; 2149.95 m above the geoid, which lies 50 m below the ellipsoid.
    expect(
      position && 'latitude' in position && [position.latitude, position.longitude, position.height].map((each) => each.toFixed(9)),
    ).toEqual(['31.400001200', '103.499998700', '2099.950000000']);
  });

  it('reads a published sentence', () => {
    // The example every NMEA text gives; quality 1 is no position of a monitoring station.
    const text = '$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47';
    expect(solutions(zda('123519', '14,03,2026') + text)).toMatchObject([{ quality: 'other', called: '1 (GGA)' }]);
  });

  it.each([
    ['south and west are negative', gga('060000', '4', { ns: 'S' }), []],
    ['float', gga('060000', '5'), []],
    ['quality 2', gga('060000', '2'), []],
    ['a checksum that is wrong', gga('060000').replace('18', '17'), ['unreadable-frame']],
    ['no checksum', '$GNGGA,060000,3124.0,N\r\n', ['unreadable-frame']],
    ['a fixed solution without altitude', gga('060000', '4', { alt: '' }), ['bad-value']],
    ['61 minutes of latitude', gga('060000', '4', { lat: '3161.0' }), ['bad-value']],
    ['91 degrees of latitude', gga('060000', '4', { lat: '9100.0' }), ['bad-value']],
    ['neither north nor south', gga('060000', '4', { ns: 'X' }), ['bad-value']],
    ['the 25th hour', gga('250000'), ['bad-time']],
    ['sentences that say nothing of position', sentence('GPGSV,1,1,00') + sentence('GNVTG,,,,,,,,,N'), []],
  ])('%s', (_, text, reasons) => expect(faults(rmc('060000', '140326') + text)).toEqual(reasons));

  it('of the southern half is negative', () => {
    const position = solutions(rmc('060000', '140326') + gga('060000', '4', { ns: 'S' }))[0]?.position;
    expect(position && 'latitude' in position && position.latitude).toBeCloseTo(-31.4000012, 9);
  });
});

describe('the date of GGA', () => {
  it('is that of the RMC or ZDA of its epoch, before it or behind it', () => {
    expect(times(rmc('060000.50', '140326') + gga('060000.50'))).toEqual(['2026-03-14T06:00:00.500Z']);
    expect(times(gga('060000') + zda('060000', '14,03,2026'))).toEqual(['2026-03-14T06:00:00.000Z']);
  });
  it('holds over midnight, both ways', () => {
    expect(times(rmc('235959', '140326') + gga('235959') + gga('000000'))).toEqual([
      '2026-03-14T23:59:59.000Z',
      '2026-03-15T00:00:00.000Z',
    ]);
    expect(times(gga('235959') + gga('000000') + rmc('000000', '150326'))).toEqual([
      '2026-03-14T23:59:59.000Z',
      '2026-03-15T00:00:00.000Z',
    ]);
  });
  it('follows a backlog of several days', () => {
    const text =
      rmc('120000', '140326') + gga('120000') + rmc('120000', '150326') + gga('120000') + rmc('120000', '170326') + gga('120000');
    expect(times(text)).toEqual(['2026-03-14T12:00:00.000Z', '2026-03-15T12:00:00.000Z', '2026-03-17T12:00:00.000Z']);
  });
  it.each([
    ['without one', gga('060000') + gga('060001')],
    ['beside an RMC that is not valid', rmc('060000', '140326', 'V') + gga('060000')],
    ['beside a date outside the calendar', rmc('060000', '300226') + gga('060000')],
    ['beside a receiver that lost its clock', zda('060000', '06,01,1980') + gga('060000')],
  ])('is not guessed %s', (_, text) => expect([times(text), faults(text)]).toEqual([[], ['bad-time']]));
});
