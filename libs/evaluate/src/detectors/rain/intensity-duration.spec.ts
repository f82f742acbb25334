import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '#libs/contracts';
import { criticalIntensity, publishedCurves } from './id-curves.js';
import { IntensityDurationDetector } from './intensity-duration.js';

const slot = 10 * MINUTE;
const options = { source: 'increments', curve: publishedCurves['caine-1980'], separation: 6 * HOUR, limit: 0.2 } as const;
const make = (more: Partial<ConstructorParameters<typeof IntensityDurationDetector>[0]> = {}) =>
  new IntensityDurationDetector({ ...options, ...more });
/** A dry day before, then one sample every ten minutes. */
function rained(detector: IntensityDurationDetector, tenths: readonly number[]) {
  detector.feed(0, 0);
  detector.feed(DAY, 0);
  tenths.forEach((mm, at) => detector.feed(DAY + (at + 1) * slot, mm / 10));
  return detector;
}

describe('critical intensity', () => {
  it.each([
    ['caine-1980', 1, 14.82],
    ['caine-1980', 24, 4.291],
    ['guzzetti-2008', 24, 0.543],
    ['guzzetti-2008-short', 48, 1.051],
    ['guzzetti-2008-long', 48, 0.314],
    // 3.257·24^−1.13 inch/h
    ['usgs-seattle', 24, 2.28],
  ] as const)('%s at %d h is %d mm/h', (name, hours, mm) => {
    expect(criticalIntensity(publishedCurves[name], hours)).toBeCloseTo(mm, 2);
  });
  it('is held at the ends of the durations the curve was drawn for', () => {
    const curve = { c: 1, alpha: 10, beta: 0.5, from: 1, to: 100 };
    expect([0.1, 1, 100, 1000].map((hours) => criticalIntensity(curve, hours))).toEqual([11, 11, 2, 2]);
  });
});

describe('intensity–duration', () => {
  it('is 1 when steady rain reaches the curve: 14.82 mm in one hour (Caine)', () => {
    const detector = rained(
      make(),
      Array.from({ length: 6 }, () => 24.7),
    );
    expect(detector.value).toBeCloseTo(1, 6);
    expect(detector.detail).toEqual({ rain: 14.82, hours: 1, intensity: 14.82, critical: 14.82 });
    expect([detector.partial, detector.why]).toEqual([false, undefined]);
  });
  it('judges the first minutes as the shortest duration of the curve, and no longer', () => {
    const detector = rained(make({ curve: { c: 0, alpha: 10, beta: 0.5, from: 1, to: 100 } }), [50]);
    expect(detector.value).toBe(0.5);
  });
  it('is 0 when the event is over, and begins anew with the next rain', () => {
    const detector = rained(make(), [100, ...Array.from({ length: 35 }, () => 0)]);
    expect(detector.detail?.rain).toBe(10);
    detector.feed(DAY + 37 * slot, 0);
    expect(detector.value).toBe(0);
    detector.feed(DAY + 38 * slot, 3);
    expect(detector.detail).toMatchObject({ rain: 3, hours: 0.166666667 });
  });
  it('does not begin with less than the limit, and counts that from its first drop once it is reached', () => {
    const detector = rained(make(), [1]);
    expect(detector.value).toBe(0);
    detector.feed(DAY + 2 * slot, 0.1);
    expect(detector.detail).toMatchObject({ rain: 0.2, hours: 0.333333333 });
  });
  it('joins two events when the drizzle between them comes late', () => {
    const dry = Array.from({ length: 40 }, () => 0);
    const gauge = make();
    rained(gauge, [100, ...dry, 100]);
    expect(gauge.detail?.rain).toBe(10);
    // It had fallen in the middle, between two samples that said nothing fell.
    gauge.feed(DAY + 20.5 * slot, 0.5);
    expect(gauge.detail).toMatchObject({ rain: 20.5, hours: 7 });
  });
  it('is partial while it cannot know when the event began', () => {
    const detector = make();
    for (let at = 0; at <= 60; at += 1) detector.feed(at * slot, 1);
    expect([detector.partial, detector.why]).toEqual([true, 'warming-up']);
    const quiet = make();
    quiet.feed(0, 0);
    quiet.feed(6 * HOUR, 0);
    expect([quiet.partial, quiet.value]).toEqual([false, 0]);
  });

  const tips = fc.array(fc.oneof(fc.constant(0), fc.constant(0), fc.constant(0), fc.integer({ min: 2, max: 200 })), {
    minLength: 1,
    maxLength: 250,
  });
  it('is the event by definition on any record of tips: back to the last six dry hours', () => {
    fc.assert(
      fc.property(tips, (tenths) => {
        const detector = rained(make(), tenths);
        const wet = tenths.flatMap((mm, at) => (mm > 0 ? [at] : []));
        // The newest run of wet slots that are less than 36 dry slots apart, if it still runs.
        let from = wet.length - 1;
        while (from > 0 && (wet[from] as number) - (wet[from - 1] as number) - 1 < 36) from -= 1;
        const last = wet.at(-1);
        const runs = last !== undefined && tenths.length - 1 - last < 36;
        const rain = runs ? tenths.slice(wet[from]).reduce((sum, mm) => sum + mm, 0) / 10 : 0;
        expect(detector.detail?.rain).toBeCloseTo(rain, 6);
        expect(detector.detail?.hours).toBeCloseTo(runs ? (tenths.length - (wet[from] as number)) / 6 : 0, 6);
      }),
    );
  });
  it('goes on after a restart anywhere as if nothing had happened', () => {
    fc.assert(
      fc.property(tips, fc.nat(), fc.boolean(), (tenths, where, warm) => {
        const cut = where % tenths.length;
        const whole = rained(make(), tenths);
        const before = rained(make(), tenths.slice(0, cut));
        const after = warm ? rained(make(), tenths.slice(0, cut)) : make();
        after.recall(JSON.parse(JSON.stringify(before.memory())));
        tenths.slice(cut).forEach((mm, at) => after.feed(DAY + (cut + at + 1) * slot, mm / 10));
        expect(after.detail).toEqual(whole.detail);
        expect(after.partial).toBe(whole.partial);
      }),
    );
  });
});
