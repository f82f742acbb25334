import { expect, it } from 'vitest';
import { DAY, HOUR } from '#libs/contracts';
import { keptResolution, resolutionFor, widthOf } from './resolution.js';

it.each([
  ['an hour', HOUR, 1000, 'raw'],
  ['a day', DAY, 1000, '1m'],
  ['thirty days', 30 * DAY, 1000, '1h'],
  ['a year', 365 * DAY, 1000, '1d'],
  ['thirty days in little room', 30 * DAY, 40, '1d'],
  ['no time at all', 0, 1000, 'raw'],
  ['a day in one point', DAY, 1, '1d'],
] as const)('%s is drawn from the right resolution', (_, span, points, resolution) => {
  expect(resolutionFor(0, span, points)).toBe(resolution);
});

it('a bucket is never longer than a part of the drawing', () => {
  for (const resolution of ['1m', '1h', '1d'] as const) {
    const span = widthOf(resolution) * 250;
    expect(resolutionFor(0, span, 1000)).toBe(resolution);
    expect(resolutionFor(0, span - 250, 1000)).not.toBe(resolution);
  }
});

it.each([
  ['nothing dropped', 'raw', 5, [-Infinity, -Infinity, -Infinity, -Infinity], 'raw'],
  ['readings dropped', 'raw', 5, [10, -Infinity, -Infinity, -Infinity], '1m'],
  ['readings dropped before the window', 'raw', 10, [10, -Infinity, -Infinity, -Infinity], 'raw'],
  ['minutes dropped too', 'raw', 5, [10, 8, -Infinity, -Infinity], '1h'],
  ['minutes dropped before the window', 'raw', 8, [10, 8, -Infinity, -Infinity], '1m'],
  ['a coarser one wanted', '1h', 5, [10, 8, -Infinity, -Infinity], '1h'],
  ['all dropped alike', '1m', 5, [10, 10, 10, 10], '1m'],
] as const)('%s: drawn from what goes back far enough', (_, wanted, from, [readings, minutes, hours, days], resolution) => {
  expect(keptResolution(wanted, from, { readings, minutes, hours, days })).toBe(resolution);
});
