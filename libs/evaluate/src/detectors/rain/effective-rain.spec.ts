import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '#libs/contracts';
import { EffectiveRainDetector } from './effective-rain.js';

const k = 0.84;
const make = () => new EffectiveRainDetector('increments', k);
type Sample = readonly [time: number, mm: number];

const samples = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 24 * 60 }), fc.integer({ min: 0, max: 500 })), { minLength: 2, maxLength: 40 })
  .map((steps) => {
    let time = 0;
    return steps.map(([minutes, tenths]): Sample => [(time += minutes * MINUTE), tenths / 10]);
  });
/** Σ P·K^age, the formula multiplied out. */
function byDefinition(all: readonly Sample[]): number {
  const now = all.at(-1)?.[0] ?? 0;
  return all.slice(1).reduce((sum, [time, mm]) => sum + mm * k ** ((now - time) / DAY), 0);
}

describe('effective rain', () => {
  it('is the daily formula of the literature on daily sums: R0 + K·R1 + K²·R2', () => {
    const detector = make();
    [0, 30, 20, 10].forEach((mm, day) => detector.feed(day * DAY, mm));
    // 10 + 0.84·20 + 0.7056·30
    expect(detector.value).toBeCloseTo(47.968, 9);
  });
  it('is the sum of all rain, each shrunk by its age, on any record', () => {
    fc.assert(
      fc.property(samples, (all) => {
        const detector = make();
        for (const [time, mm] of all) detector.feed(time, mm);
        expect(detector.value).toBeCloseTo(byDefinition(all), 6);
      }),
    );
  });
  it('is the same when a sample comes up to three days late', () => {
    fc.assert(
      fc.property(samples, fc.nat(), (all, which) => {
        const young = all.filter(([time]) => (all.at(-1)?.[0] ?? 0) - time <= 3 * DAY);
        const at = young.length < 3 ? young.length - 1 : 1 + (which % (young.length - 1));
        const detector = make();
        for (const [time, mm] of young.filter((_, i) => i !== at)) detector.feed(time, mm);
        detector.feed(...(young[at] as Sample));
        expect(detector.value).toBeCloseTo(byDefinition(young), 6);
      }),
    );
  });
  it('counts the total of a gap of five days day by day, not as rain of the last hour', () => {
    const detector = new EffectiveRainDetector('accumulator', k);
    detector.feed(0, 0);
    detector.feed(5 * DAY, 50);
    expect(detector.value).toBeCloseTo(10 * (1 + k + k ** 2 + k ** 3 + k ** 4), 9);
  });
  it('is a lower bound until 1 % is left of what fell before the first sample: 26.4 days', () => {
    const detector = make();
    detector.feed(0, 0);
    detector.feed(26.4 * DAY, 0);
    expect([detector.partial, detector.why]).toEqual([true, 'warming-up']);
    detector.feed(26.5 * DAY, 0);
    expect([detector.partial, detector.why]).toEqual([false, undefined]);
  });
  it('goes on after a restart anywhere as if nothing had happened, late samples included', () => {
    fc.assert(
      fc.property(samples, fc.nat(), fc.boolean(), (all, where, warm) => {
        const cut = 1 + (where % all.length);
        const [whole, before, after] = [make(), make(), make()];
        for (const [time, mm] of all.slice(0, cut)) before.feed(time, mm);
        if (warm) for (const [time, mm] of all.slice(0, cut)) after.feed(time, mm);
        after.recall(JSON.parse(JSON.stringify(before.memory())));
        for (const [time, mm] of all.slice(0, cut)) whole.feed(time, mm);
        const late: Sample[] = warm ? [[(all[cut - 1]?.[0] ?? 0) - HOUR - 1, 7]] : [];
        for (const [time, mm] of [...late, ...all.slice(cut)]) {
          whole.feed(time, mm);
          after.feed(time, mm);
        }
        expect(after.value).toBeCloseTo(whole.value ?? Number.NaN, 9);
      }),
    );
  });
});
