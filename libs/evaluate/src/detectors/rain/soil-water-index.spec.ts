import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '#libs/contracts';
import { SoilWaterIndexDetector } from './soil-water-index.js';

const slot = 10 * MINUTE;
const make = () => new SoilWaterIndexDetector('increments', 30 * DAY);

describe('soil water index', () => {
  it('gives the numbers of another implementation: 30 mm/h for three hours, then nothing, in steps of ten minutes', () => {
    const detector = make();
    detector.feed(0, 0);
    const hourly: number[] = [];
    for (let i = 1; i <= 36; i += 1) {
      detector.feed(i * slot, i <= 18 ? 5 : 0);
      if (i % 6 === 0) hourly.push(Math.round((detector.value ?? 0) * 1000) / 1000);
    }
    // algorithms.md B6, 10-minute Euler.
    expect(hourly).toEqual([29.777, 57.442, 82.699, 77.17, 73.116, 69.751]);
  });

  it('is the same from hourly samples of the same rain', () => {
    const detector = make();
    [0, 30, 30, 30, 0, 0, 0].forEach((mm, hour) => detector.feed(hour * HOUR, mm));
    expect(detector.value).toBeCloseTo(69.751, 3);
  });

  it('is a lower bound until the warm-up has been seen', () => {
    const detector = make();
    detector.feed(0, 0);
    detector.feed(30 * DAY - HOUR, 0);
    expect([detector.partial, detector.why]).toEqual([true, 'warming-up']);
    detector.feed(30 * DAY, 0);
    expect([detector.partial, detector.why]).toEqual([false, undefined]);
  });

  const rain = fc.array(fc.tuple(fc.integer({ min: 1, max: 180 }), fc.integer({ min: 0, max: 300 })), { minLength: 2, maxLength: 60 });
  const timed = (steps: readonly (readonly [number, number])[]) => {
    let time = 0;
    return steps.map(([minutes, tenths]) => [(time += minutes * MINUTE), tenths / 10] as const);
  };

  it('is the same when one sample comes late, however late within three days', () => {
    fc.assert(
      fc.property(rain, fc.nat(), (steps, which) => {
        const samples = timed(steps).filter(([time], _, all) => (all.at(-1)?.[0] ?? 0) - time <= 3 * DAY);
        const inTime = make();
        for (const [time, value] of samples) inTime.feed(time, value);
        const late = make();
        // The first sample only opens the record: late, it would be a sample before the record.
        const at = samples.length < 3 ? samples.length - 1 : 1 + (which % (samples.length - 1));
        for (const [time, value] of samples.filter((_, i) => i !== at)) late.feed(time, value);
        const [time, value] = samples[at] as readonly [number, number];
        late.feed(time, value);
        expect(late.value).toBeCloseTo(inTime.value ?? Number.NaN, 6);
      }),
    );
  });

  it('goes on after a restart anywhere as if nothing had happened, with the samples of the horizon read again or with none', () => {
    fc.assert(
      fc.property(rain, fc.nat(), fc.boolean(), (steps, where, warm) => {
        const samples = timed(steps);
        const cut = where % samples.length;
        const whole = make();
        const before = make();
        for (const [time, value] of samples) whole.feed(time, value);
        for (const [time, value] of samples.slice(0, cut)) before.feed(time, value);
        const after = make();
        if (warm) for (const [time, value] of samples.slice(0, cut)) after.feed(time, value);
        after.recall(JSON.parse(JSON.stringify(before.memory())));
        for (const [time, value] of samples.slice(cut)) after.feed(time, value);
        expect(after.value).toBeCloseTo(whole.value ?? Number.NaN, 9);
        expect(after.partial).toBe(whole.partial);
      }),
    );
  });

  it('holds more water later when it held more at the start (the lower bound is one)', () => {
    fc.assert(
      fc.property(rain, fc.integer({ min: 1, max: 200 }), (steps, extra) => {
        const [dry, wet] = [make(), make()];
        dry.feed(-HOUR, 0);
        wet.feed(-HOUR, 0);
        dry.feed(0, 0);
        wet.feed(0, extra);
        for (const [time, value] of timed(steps)) {
          dry.feed(time, value);
          wet.feed(time, value);
          expect(wet.value ?? 0).toBeGreaterThanOrEqual(dry.value ?? Number.POSITIVE_INFINITY);
        }
      }),
    );
  });
});
