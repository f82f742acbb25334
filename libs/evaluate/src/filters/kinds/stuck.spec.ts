import { describe, expect, it } from 'vitest';
import { HOUR } from '#libs/contracts';
import { noise } from '../../fakes/drive.js';
import { StuckFilter } from './stuck.js';

const fed = (values: readonly (readonly [number, number])[], filter = new StuckFilter(24 * HOUR, 0.1)) => {
  let passed = 0;
  for (const [hour, value] of values) filter.feed(hour * HOUR, value, () => (passed += 1));
  return { filter, passed };
};
const still = (hours: number, from = 0) => Array.from({ length: hours }, (_, hour) => [from + hour, 7.3] as const);

describe('stuck', () => {
  it('is an instrument that stands still over the whole window, and not a moment before', () => {
    expect(fed(still(24)).filter.why).toBeUndefined();
    expect(fed(still(25)).filter.why).toBe('stuck');
  });
  it('ends at once with the first sample that moves, and everything passes all along', () => {
    const { filter, passed } = fed([...still(40), [40, 9]]);
    expect([filter.why, passed]).toEqual([undefined, 41]);
  });
  it('is not a living instrument on a slope at rest', () => {
    const gauss = noise(1);
    const { filter } = fed(still(60).map(([hour]) => [hour, gauss()] as const));
    expect(filter.why).toBeUndefined();
  });
  it('is not one that creeps', () => expect(fed(still(60).map(([hour]) => [hour, hour * 0.01] as const)).filter.why).toBeUndefined());
  it('is not a slow one: three samples a window say nothing', () =>
    expect(fed(Array.from({ length: 12 }, (_, at) => [at * 8, 7.3] as const)).filter.why).toBeUndefined());
  it('is found when a late sample fills the window, and undone when a late one moved', () => {
    const { filter } = fed([...still(23, 3), [2, 7.3], [26, 7.3]]);
    expect(filter.why).toBe('stuck');
    fed([[12, 8]], filter);
    expect(filter.why).toBeUndefined();
  });
});
