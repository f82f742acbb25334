import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { numberAt, TimeReader } from './bytes.js';

const number = (text: string): number => numberAt(Buffer.from(`,${text},`), 1, 1 + Buffer.byteLength(text));
const time = (text: string, reader = new TimeReader()): number => reader.at(Buffer.from(`,${text},`), 1, 1 + Buffer.byteLength(text));

describe('numberAt', () => {
  it('reads what JavaScript reads, to the last bit', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = String(value);
        expect(number(text)).toBe(Number(text));
      }),
    );
    fc.assert(
      fc.property(fc.integer({ min: -1e9, max: 1e9 }), fc.nat(8), (value, digits) => {
        const text = (value / 10 ** digits).toFixed(digits);
        expect(number(text)).toBe(Number(text));
      }),
    );
  });

  it.each(['', '-', '.', 'NaN', 'Infinity', '0x10', '1,5', '1 2', '--1', '1.2.3', 'abc', '一'])('%j is no number', (text) =>
    expect(number(text)).toBeNaN(),
  );
  it.each([
    ['+1.5', 1.5],
    ['-0.25', -0.25],
    ['1e3', 1000],
    ['5.', 5],
    ['.5', 0.5],
    ['123456789012345678', 123456789012345680],
  ])('%s', (text, value) => expect(number(text)).toBe(value));
});

describe('TimeReader', () => {
  it('reads every ISO time with offset, and epoch ms', () => {
    const reader = new TimeReader();
    fc.assert(
      fc.property(
        fc.date({ min: new Date('0101-01-01'), max: new Date('9998-12-31'), noInvalidDate: true }),
        fc.integer({ min: -14 * 60, max: 14 * 60 }),
        (date, offset) => {
          expect(time(date.toISOString(), reader)).toBe(date.getTime());
          expect(time(String(date.getTime()), reader)).toBe(date.getTime());
          const shifted = new Date(date.getTime() + offset * 60_000).toISOString().slice(0, -1);
          const sign = offset < 0 ? '-' : '+';
          const two = (n: number) => String(Math.floor(n)).padStart(2, '0');
          expect(time(`${shifted}${sign}${two(Math.abs(offset) / 60)}:${two(Math.abs(offset) % 60)}`, reader)).toBe(date.getTime());
        },
      ),
    );
  });

  it.each([
    ['2026-07-01T06:00+08:00', '2026-06-30T22:00:00Z'],
    ['2026-07-01 06:00:00+0800', '2026-06-30T22:00:00Z'],
    ['2026-07-01T06:00:00+08', '2026-06-30T22:00:00Z'],
    ['2026-07-01T06:00:00.5z', '2026-07-01T06:00:00.500Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00Z'],
  ])('%s', (text, same) => expect(time(text)).toBe(Date.parse(same)));

  it.each([
    '2026-07-01T06:00:00',
    '2026-07-01',
    '2026-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-07-01T24:00:00Z',
    '2026-07-01T06:60:00Z',
    '2026-07-01T06:00:60Z',
    '2026/07/01T06:00:00Z',
    '2026-07-01T06:00:00+8',
    '2026-07-01T06:00:00Zx',
    '1.5',
    '',
  ])('%j is no time', (text) => expect(time(text)).toBeNaN());

  it('a bad day does not spoil the next time', () => {
    const reader = new TimeReader();
    expect(time('2026-02-29T00:00:00Z', reader)).toBeNaN();
    expect(time('2026-02-28T00:00:00Z', reader)).toBe(Date.UTC(2026, 1, 28));
  });
});
