import { describe, expect, it } from 'vitest';
import { slopePerHour } from './slope.js';

/** An hour with a collection every minute that takes away 50 MB of garbage. */
const saw = (perHour: number) =>
  Array.from({ length: 3600 }, (_, seconds) => ({ seconds, megabytes: 200 + (perHour * seconds) / 3600 + ((seconds % 60) * 50) / 60 }));

describe('slopePerHour', () => {
  it.each([0, 0.5, 12])('sees %f MB/h under the saw teeth of the collector', (perHour) => {
    expect(slopePerHour(saw(perHour))).toBeCloseTo(perHour, 0);
  });

  it('says nothing of nothing', () => {
    expect(slopePerHour([])).toBe(0);
    expect(slopePerHour([{ seconds: 1, megabytes: 100 }])).toBe(0);
  });
});
