import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '#libs/contracts';
import { ChangeDetector } from './basic/change.js';
import type { Detector } from './detector.js';
import { LevelDetector } from './basic/level.js';
import { RainDetector } from './rain/rain.js';
import { isSilent, SilenceDetector } from './basic/silence.js';
import { SumDetector } from './basic/sum.js';
import { TangentDetector } from './motion/tangent.js';
import { VelocityDetector } from './motion/velocity.js';

const feed = (detector: Detector, samples: readonly (readonly [number, number])[]) => {
  for (const [time, value] of samples) detector.feed(time, value);
  return detector;
};
/** Distinct times over three hours, in order, with values of one decimal. */
const record = fc
  .uniqueArray(fc.tuple(fc.integer({ min: 0, max: 180 }), fc.integer({ min: 0, max: 500 })), {
    selector: ([t]) => t,
    minLength: 1,
    maxLength: 60,
  })
  .map((all) => all.map(([t, v]) => [t * MINUTE, v / 10] as const).toSorted((a, b) => a[0] - b[0]));

describe('level', () => {
  it('is the newest value, whatever comes late', () => {
    expect(
      feed(new LevelDetector(), [
        [2, 7],
        [1, 99],
      ]).value,
    ).toBe(7);
  });
});

describe('change', () => {
  it('is newest minus oldest inside the window, bounds included', () => {
    const detector = new ChangeDetector(HOUR, false);
    feed(detector, [
      [0, 1],
      [HOUR, 4],
    ]);
    expect(detector.value).toBe(3);
    detector.feed(HOUR + 1, 9);
    expect(detector.value).toBe(5);
  });
  it('is unknown with one value in the window', () => {
    const detector = feed(new ChangeDetector(HOUR, false), [
      [0, 1],
      [2 * HOUR, 50],
    ]);
    expect([detector.value, detector.why]).toEqual([null, 'warming-up']);
  });
  it('equals the definition on any record, and so it does when samples come late', () => {
    fc.assert(
      fc.property(record, fc.nat(), (samples, turn) => {
        const newest = samples.at(-1) as readonly [number, number];
        const inside = samples.filter(([t]) => newest[0] - t <= HOUR);
        const want = inside.length < 2 ? null : Math.round((newest[1] - (inside[0]?.[1] ?? 0)) * 1e9) / 1e9;
        expect(feed(new ChangeDetector(HOUR, false), samples).value).toBe(want);
        const cut = turn % samples.length;
        const late = [...samples.slice(cut), ...samples.slice(0, cut)];
        expect(feed(new ChangeDetector(HOUR, false), late).value).toBe(want);
      }),
    );
  });
});

describe('sum', () => {
  it('leaves out the amount reported exactly one window ago, which fell before it', () => {
    expect(
      feed(new SumDetector(HOUR), [
        [0, 5],
        [30 * MINUTE, 3],
        [HOUR, 2],
      ]).value,
    ).toBe(5);
  });
  it('equals the definition on any record in any order, to the last digit', () => {
    fc.assert(
      fc.property(record, fc.nat(), (samples, turn) => {
        const newest = samples.at(-1)?.[0] ?? 0;
        const want = samples.filter(([t]) => newest - t < HOUR).reduce((sum, [, v]) => sum + Math.round(v * 10), 0) / 10;
        expect(feed(new SumDetector(HOUR), samples).value).toBe(want);
        const cut = turn % samples.length;
        expect(feed(new SumDetector(HOUR), [...samples.slice(cut), ...samples.slice(0, cut)]).value).toBe(want);
      }),
    );
  });
  it('does not drift over ten thousand tips of 0.1', () => {
    const detector = new SumDetector(HOUR);
    for (let i = 0; i < 10_000; i += 1) detector.feed(i * MINUTE, 0.1);
    expect(detector.value).toBe(6);
  });
});

describe('rain', () => {
  it('is a lower bound until one whole window has been seen', () => {
    const detector = feed(new RainDetector(HOUR, 'increments'), [
      [0, 0],
      [30 * MINUTE, 4],
    ]);
    expect([detector.value, detector.partial]).toEqual([4, true]);
    detector.feed(HOUR, 1);
    expect([detector.value, detector.partial]).toEqual([5, false]);
  });
  it('counts what an accumulator shows after a reset as fallen since the reset', () => {
    expect(
      feed(new RainDetector(3 * HOUR, 'accumulator'), [
        [0, 100],
        [HOUR, 104],
        [2 * HOUR, 1.5],
        [3 * HOUR, 2],
      ]).value,
    ).toBe(6);
  });
  it('spreads the rain of a gap over the gap', () => {
    expect(
      feed(new RainDetector(HOUR, 'accumulator'), [
        [0, 0],
        [10 * HOUR, 40],
      ]).value,
    ).toBe(4);
  });
});

describe('velocity', () => {
  const hourly = (n: number, value: (i: number) => number) => Array.from({ length: n }, (_, i) => [i * HOUR, value(i)] as const);
  it('is the slope of a straight line, per day or per hour', () => {
    expect(
      feed(
        new VelocityDetector(DAY),
        hourly(30, (i) => 0.5 * i),
      ).value,
    ).toBeCloseTo(12, 9);
    expect(
      feed(
        new VelocityDetector(DAY, 'h'),
        hourly(30, (i) => 0.5 * i),
      ).value,
    ).toBeCloseTo(0.5, 9);
  });
  it('is not moved by five wild values of twenty-five', () => {
    const spiked = hourly(30, (i) => (i > 20 && i < 26 ? 500 : 0.5 * i));
    expect(Math.abs((feed(new VelocityDetector(DAY), spiked).value ?? 0) - 12)).toBeLessThan(6);
    expect(
      feed(
        new VelocityDetector(DAY),
        hourly(30, (i) => (i === 28 ? 500 : 0.5 * i)),
      ).value,
    ).toBeCloseTo(12, 1);
  });
  it('is unknown until eight parts over half the window have been seen', () => {
    expect(
      feed(
        new VelocityDetector(DAY),
        hourly(12, (i) => i),
      ).value,
    ).toBeNull();
    expect(
      feed(
        new VelocityDetector(DAY),
        hourly(13, (i) => i),
      ).value,
    ).toBeCloseTo(24, 9);
  });
  it('equals the median of all pairwise slopes when every part holds one sample (Theil–Sen by definition)', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -500, max: 500 }), { minLength: 25, maxLength: 25 }), (values) => {
        const slopes = values.flatMap((b, j) => values.slice(0, j).map((a, i) => ((b - a) / (j - i)) * 24)).toSorted((a, b) => a - b);
        const want = ((slopes[149] ?? 0) + (slopes[150] ?? 0)) / 2;
        expect(
          feed(
            new VelocityDetector(DAY),
            hourly(25, (i) => values[i] ?? 0),
          ).value,
        ).toBeCloseTo(want, 6);
      }),
    );
  });
  it('is the same whatever the order samples arrive in', () => {
    const samples = hourly(25, (i) => Math.sin(i));
    expect(feed(new VelocityDetector(DAY), samples.toReversed()).value).toBe(feed(new VelocityDetector(DAY), samples).value);
  });
});

describe('improved tangent angle', () => {
  const options = { window: DAY, uniform: 300 * HOUR, floor: 1 };
  const creep = (from: number, n: number, rate: number, start = 0) =>
    Array.from({ length: n }, (_, i) => [(from + i) * HOUR, start + (rate * i) / 24] as const);
  it('is 45° in uniform creep, 80° at 5.67 and 85° at 11.43 times the uniform rate (Xu Qiang 2009)', () => {
    for (const [times, angle] of [
      [1, 45],
      [5.671, 80],
      [11.43, 85],
    ] as const) {
      const detector = feed(new TangentDetector(options), [...creep(0, 302, 2.4), ...creep(302, 30, 2.4 * times, 30.2)]);
      expect(detector.value).toBeCloseTo(angle, 1);
    }
  });
  it('is unknown until the uniform stage has been seen', () => {
    const detector = feed(new TangentDetector(options), creep(0, 200, 2.4));
    expect([detector.value, detector.why]).toEqual([null, 'warming-up']);
  });
  it('never takes V0 from noise: below the floor the floor is used', () => {
    const still = Array.from({ length: 330 }, (_, i) => [i * HOUR, (i % 3) / 100] as const);
    const detector = new TangentDetector(options);
    feed(detector, still);
    expect(detector.v0).toBe(1);
    expect(detector.value).toBeLessThan(5);
  });
  it('uses a V0 that was given from the start', () => {
    expect(feed(new TangentDetector({ ...options, v0: 2.4 }), creep(0, 30, 2.4)).value).toBeCloseTo(45, 6);
  });
  it('keeps V0 over a restart', () => {
    const before = new TangentDetector(options);
    feed(before, creep(0, 302, 2.4));
    const after = new TangentDetector(options);
    feed(after, creep(278, 24, 2.4, 27.8));
    after.recall(JSON.parse(JSON.stringify(before.memory())));
    expect(after.v0).toBeCloseTo(2.4, 9);
  });
});

describe('silence', () => {
  it('is counted in upload intervals', () => {
    const detector = new SilenceDetector(HOUR);
    detector.feed(0);
    detector.tick(3 * HOUR);
    expect(detector.value).toBe(3);
  });
  it('is silence after three intervals, not at three', () => {
    expect(isSilent(3 * HOUR, 0, HOUR, 3, 0)).toBe(false);
    expect(isSilent(3 * HOUR + 1, 0, HOUR, 3, 0)).toBe(true);
    expect(isSilent(3 * HOUR + 1, 0, HOUR, 3, 5)).toBe(false);
  });
});
