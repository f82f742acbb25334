import { describe, expect, it } from 'vitest';
import { DAY, HOUR } from '#libs/contracts';
import { noise } from '../fakes/drive.js';
import { StepFilter } from './step.js';

const options = { settle: 8 * HOUR, noise: 1, sigma: 8, outlook: DAY };
/** Hourly values; what the filter says after each. Everything must pass. */
function fed(values: readonly number[]) {
  const filter = new StepFilter(options);
  const passed: number[] = [];
  const whys = values.map((value, hour) => {
    filter.feed(hour * HOUR, value, (_, v) => passed.push(v));
    return filter.why;
  });
  expect(passed).toEqual(values);
  return { filter, whys };
}
const gauss = noise(6);
const level = (count: number, value: number) => Array.from({ length: count }, () => value + gauss());

describe('a step', () => {
  it('needs review from when the new level has been stable until it has left the window of the detector', () => {
    const { whys } = fed([...level(20, 0), ...level(60, 40)]);
    const under = whys.flatMap((one, hour) => (one === 'needs-review' ? [hour] : []));
    expect([under[0], under.at(-1)]).toEqual([28, 44]);
  });

  it('says how large it is and how old', () => {
    const { filter } = fed([...level(20, 0), ...level(12, 40)]);
    expect(Math.abs((filter.detail?.step ?? 0) - 40)).toBeLessThan(1.5);
    expect(filter.detail?.stepAge).toBe(11);
  });

  it('is motion again, and judged, with the first sample off the new level', () => {
    const { whys } = fed([...level(20, 0), ...level(12, 40), 52, 60, 71]);
    expect(whys[31]).toBe('needs-review');
    expect(whys.slice(32)).toEqual([undefined, undefined, undefined]);
  });

  it.each([
    ['a jump the motion follows', [...level(20, 0), ...Array.from({ length: 40 }, (_, hour) => 40 + 2 * hour)]],
    ['a jump out of motion', [...Array.from({ length: 20 }, (_, hour) => 3 * hour), ...level(40, 120)]],
    ['acceleration', Array.from({ length: 90 }, (_, hour) => 2 ** (hour / 12))],
    ['noise', level(500, 0)],
    ['a jump after too few samples', [...level(3, 0), ...level(40, 40)]],
  ])('is not %s', (_, values) => expect(fed(values).whys.every((one) => one === undefined)).toBe(true));
});
