import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { age, clockTime, dateTime, limit, number, shortTime, toMs } from './format.js';

describe('format', () => {
  it('writes civil time of Asia/Shanghai, 24 hours, whatever the computer is set to', () => {
    expect(dateTime('2026-11-20T16:00:00Z')).toBe('2026-11-21 00:00:00');
    expect(dateTime(Date.UTC(2012, 4, 14, 22, 3, 20))).toBe('2012-05-15 06:03:20');
    expect(clockTime('2026-11-20T16:00:00Z')).toBe('00:00:00');
    expect([dateTime(null), dateTime('soon'), clockTime(undefined)]).toEqual(['—', '—', '—']);
  });

  it('leaves the date out only on the same civil day', () => {
    const now = Date.parse('2026-11-21T01:00:00+08:00');
    expect(shortTime('2026-11-21T00:59:58+08:00', now)).toBe('00:59:58');
    expect(shortTime('2026-11-20T23:59:58+08:00', now)).toBe('11-20 23:59');
  });

  it('reads every time it wrote back as the same second (from 1992: China had summer time until 1991)', () => {
    fc.assert(
      fc.property(fc.integer({ min: 694_224_000, max: 4_102_444_800 }), (second) => {
        expect(toMs(`${dateTime(second * 1000).replace(' ', 'T')}+08:00`)).toBe(second * 1000);
      }),
    );
  });

  it('names ages in the coarsest unit that still says enough', () => {
    expect(age(-5_000)).toEqual({ unit: 'second', count: 0 });
    expect(age(95_400)).toEqual({ unit: 'second', count: 95 });
    expect(age(180_000)).toEqual({ unit: 'minute', count: 3 });
    expect(age(7_200_000)).toEqual({ unit: 'hour', count: 2 });
    expect(age(3 * 86_400_000)).toEqual({ unit: 'day', count: 3 });
  });

  it('writes values for a glance and never a minus zero', () => {
    expect([number(1234.5), number(123.45), number(9.876), number(0.01234), number(0)]).toEqual(['1235', '123.5', '9.88', '0.012', '0']);
    expect([number(-0.00049), number(-0), number(null), number(NaN), number(3e9)]).toEqual(['0', '0', '—', '—', '3.00e+9']);
    expect([number(40), number(-3600)]).toEqual(['40', '-3600']);
    expect([limit(0.8), limit(2.2), limit(15), limit(100), limit(0)]).toEqual(['0.8', '2.2', '15', '100', '0']);
  });
});
