import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDeviceTime } from './time.js';

const utc = { marked: 'utc', unmarked: 'local' } as const;

describe('device time', () => {
  it.each([
    ['2026-03-14T06:00:00.000Z', '2026-03-14T06:00:00.000Z'],
    ['2026-03-14T06:00:00.1239Z', '2026-03-14T06:00:00.123Z'],
    ['2026-03-14T06:00Z', '2026-03-14T06:00:00.000Z'],
    ['2026-03-14T14:00:00+08:00', '2026-03-14T06:00:00.000Z'],
    ['2026-03-14T02:30:00-0330', '2026-03-14T06:00:00.000Z'],
    ['2026-03-14 14:00:00', '2026-03-14T06:00:00.000Z'],
    ['2026/03/14 14:00:00', '2026-03-14T06:00:00.000Z'],
    ['1773468000000', '2026-03-14T06:00:00.000Z'],
    [1773468000000, '2026-03-14T06:00:00.000Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
  ])('%s is %s', (raw, iso) => expect(new Date(parseDeviceTime(raw, utc) ?? 0).toISOString()).toBe(iso));

  it('takes a Z that means local time as the profile says', () =>
    expect(parseDeviceTime('2026-03-14T14:00:00.000Z', { marked: 'local', unmarked: 'local' })).toBe(Date.UTC(2026, 2, 14, 6)));

  it.each([
    '2026-02-30T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-03-14T24:00:00Z',
    '2026-03-14',
    'yesterday',
    '',
    '1970-01-01T00:00:00Z',
    '9999-01-01T00:00:00Z',
    1773468000,
    Number.NaN,
    Infinity,
    null,
    {},
    true,
  ])('%s is no time', (raw) => expect(parseDeviceTime(raw, utc)).toBeUndefined());

  it('reads back every ISO time of this century', () =>
    fc.assert(
      fc.property(
        fc.date({ min: new Date('2000-01-01T00:00:00Z'), max: new Date('2099-12-31T00:00:00Z'), noInvalidDate: true }),
        (date) => {
          expect(parseDeviceTime(date.toISOString(), utc)).toBe(date.getTime());
        },
      ),
    ));
});
