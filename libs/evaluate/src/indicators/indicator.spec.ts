import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOUR } from '#libs/contracts';
import { IndicatorText, makeDetector } from '../detectors/index.js';
import { Indicator, type IndicatorPlace } from './indicator.js';

const spec = IndicatorText.parse({
  title: { zh: '速率', en: 'rate' },
  channel: 'L1_LF_*',
  detector: 'velocity',
  window: '24 h',
  unit: 'mm/d',
  thresholds: {},
});
const place: IndicatorPlace = {
  deviceId: 'E1',
  series: 'L1_LF_1',
  interval: HOUR,
  thresholds: { blue: 4, orange: 10 },
  ratios: [1, 0.8],
  v0: undefined,
};
const made = (more: Partial<IndicatorPlace> = {}) =>
  new Indicator(
    { id: 'velocity', title: spec.title, spec, channels: [], unit: 'mm/d', worse: 'more', thresholds: {}, heights: {} },
    { ...place, ...more },
  );
/** A series that creeps, runs and rests, some of it late. */
const record = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: -10, max: 10 }), fc.integer({ min: 0, max: 9 })), {
    minLength: 1,
    maxLength: 150,
  })
  .map((steps) => {
    let moved = 0;
    return steps.map(([speed, noise, dice], hour) => {
      moved += speed / 4;
      return [(dice === 0 ? Math.max(0, hour - 20) : hour) * HOUR, moved + noise / 20] as const;
    });
  });

describe('an indicator', () => {
  it('wakes the rulebook at every crossing of a bound and at no other sample, though its value is seldom worked out', () =>
    fc.assert(
      fc.property(record, (samples) => {
        const indicator = made();
        const plain = makeDetector(spec, place);
        let band = -1;
        for (const [time, value] of samples) {
          plain.feed(time, value);
          const now = plain.value;
          const want = now === null ? -1 : [4, 3.2, 10, 8].filter((bound) => now >= bound).length;
          expect(indicator.feed(time, value)).toBe(want !== band);
          band = want;
          expect(indicator.value).toBe(now);
        }
      }),
    ));

  it('draws its curve at least four times a window, at every crossing and to the newest sample', () => {
    const indicator = made();
    for (let hour = 0; hour < 200; hour += 1) indicator.feed(hour * HOUR, hour < 150 ? 0.1 * hour : 15 + 2 * (hour - 150));
    const { samples } = indicator.series();
    const times = samples.map(([time]) => time / HOUR);
    expect(times.at(-1)).toBe(199);
    expect(Math.max(...times.map((time, at) => time - (times[at - 1] ?? time)))).toBeLessThanOrEqual(7);
    expect(samples.some(([, value]) => value >= 4 && value < 10)).toBe(true);
  });

  it('keeps no curve where nobody will look, and answers the newest value all the same', () => {
    const indicator = made({ curve: false });
    for (let hour = 0; hour < 60; hour += 1) indicator.feed(hour * HOUR, 0.1 * hour);
    expect(indicator.series().samples).toEqual([[59 * HOUR, 2.4]]);
  });
});
