import { describe, expect, it } from 'vitest';
import type { GnssSolution } from '../gnss/solution.js';
import { gpstToUtc } from '../time.js';
import { readPos } from './solutions.js';

const llh =
  '%  GPST                  latitude(deg) longitude(deg)  height(m)   Q  ns   sdn(m)   sde(m)   sdu(m)  sdne(m)  sdeu(m)  sdun(m) age(s)  ratio\n';
const enu =
  '%  UTC                      e-baseline(m)  n-baseline(m)  u-baseline(m)   Q  ns   sde(m)   sdn(m)   sdu(m)  sden(m)  sdnu(m)  sdue(m) age(s)  ratio\n';
const tail = '14   0.0021   0.0018   0.0052   0.0004   0.0003   0.0009   0.80   17.3';
const lines = (text: string) => [...readPos(text)];
const first = (text: string): GnssSolution | undefined => lines(text).find((line): line is GnssSolution => 'time' in line);
const reason = (text: string) => lines(text).map((line) => ('reason' in line ? line.reason : 'read'));

describe('RTKLIB solutions', () => {
  it('in degrees, in GPS time', () =>
    expect(first(`% program   : rnx2rtkp\n${llh}2026/03/14 06:00:18.000   31.400001200  103.499998700  2099.9500   1  ${tail}`)).toEqual({
      time: Date.UTC(2026, 2, 14, 6),
      position: { latitude: 31.4000012, longitude: 103.4999987, height: 2099.95 },
      quality: 'fixed',
      called: '1 (RTKLIB)',
      ratio: 17.3,
      age: 0.8,
    }));

  it('about the base station, in UTC as the header says', () =>
    expect(first(`${enu}2026/03/14 06:00:00.000  -123.4567  89.0123  -4.5000  2 ${tail}`)).toMatchObject({
      time: Date.UTC(2026, 2, 14, 6),
      position: { east: -123.4567, north: 89.0123, up: -4.5 },
      quality: 'float',
    }));

  // 2026-03-14 is 16,869 days after 1980-01-06: week 2409, day 6; 06:00 of it is second 540,000.
  it('in weeks and seconds', () =>
    expect(first(`2409 540018.000   31.4  103.5  2100.0   1  ${tail}`)?.time).toBe(Date.UTC(2026, 2, 14, 6)));

  it('with commas, and without header as RTKLIB writes by default', () =>
    expect(first(`2026/03/14 06:00:18.000,31.4,103.5,2100.0,1,${tail.split(/\s+/).join(',')}`)).toMatchObject({
      time: Date.UTC(2026, 2, 14, 6),
      position: { latitude: 31.4 },
      ratio: 17.3,
    }));

  it.each([
    ['1', 'fixed'],
    ['2', 'float'],
    ['3', 'other'],
    ['4', 'other'],
    ['5', 'other'],
    ['6', 'other'],
  ])('Q %s is %s: not the numbers of GGA', (q, quality) =>
    expect(first(`${llh}2026/03/14 06:00:18.000 31.4 103.5 2100.0 ${q} ${tail}`)?.quality).toBe(quality),
  );

  it.each([
    ['a line cut short', `${llh}2026/03/14 06:00:18.000 31.4 103.5 2100.0 1 14`, 'bad-value'],
    ['words', `${llh}2026/03/14 06:00:18.000 a b c 1 ${tail}`, 'bad-value'],
    ['a latitude of 91°', `${llh}2026/03/14 06:00:18.000 91 103.5 2100.0 1 ${tail}`, 'bad-value'],
    ['the 30th of February', `${llh}2026/02/30 06:00:18.000 31.4 103.5 2100.0 1 ${tail}`, 'bad-time'],
    ['the week of a receiver without clock', `0001 540018.000 31.4 103.5 2100.0 1 ${tail}`, 'bad-time'],
    ['Japanese time', `${llh.replace('GPST', 'JST ')}2026/03/14 06:00:18.000 31.4 103.5 2100.0 1 ${tail}`, 'bad-time'],
    ['earth-centred coordinates', `%  GPST      x-ecef(m)      y-ecef(m)      z-ecef(m)   Q  ns\n2026/03/14 06:00:18.000 1 2 3 1 ${tail}`, 'unknown-shape'],
  ])('%s is named', (_, text, expected) => expect(reason(text)).toEqual([expected])); // prettier-ignore

  it('without a readable ratio or age is no proof of a fix, and not lost', () =>
    expect(first(`${llh}2026/03/14 06:00:18.000 31.4 103.5 2100.0 1 14 0 0 0 0 0 0 - -`)).toMatchObject({ ratio: 0, age: 0 }));
});

it.each([
  ['2026-03-14T06:00:18Z', '2026-03-14T06:00:00.000Z'],
  ['2017-01-01T00:00:18Z', '2017-01-01T00:00:00.000Z'],
  ['2017-01-01T00:00:16Z', '2016-12-31T23:59:59.000Z'],
  ['2012-06-30T23:59:59Z', '2012-06-30T23:59:44.000Z'],
  ['2000-01-01T00:00:13Z', '2000-01-01T00:00:00.000Z'],
])('GPS time %s is %s', (gpst, utc) => expect(new Date(gpstToUtc(Date.parse(gpst))).toISOString()).toBe(utc));
