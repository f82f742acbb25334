import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE, SECOND } from '#libs/contracts';
import { DisagreementDetector } from './disagreement.js';

const options = { window: HOUR, compare: 'change', scale: 'linear', floor: 1 } as const;
type Series = Record<string, (minute: number) => number>;
const fed = (series: Series, minutes = 120, detector = new DisagreementDetector(options)) => {
  for (let minute = 0; minute <= minutes; minute += 10)
    for (const [source, value] of Object.entries(series)) detector.feed(minute * MINUTE, value(minute), source);
  return detector;
};

describe('disagreement', () => {
  it('names the gauge that counts nothing while the others count 30 mm an hour', () => {
    const rain = (minute: number) => minute / 2;
    const detector = fed({ a: rain, b: (minute) => rain(minute) * 1.1, c: () => 0, d: (minute) => rain(minute) * 0.9 });
    expect(detector.detail).toMatchObject({ instrument: 2, of: 4, own: 0, others: 30 });
    // Median of the others 30, their MAD 3.
    expect(detector.value).toBeCloseTo(30 / (1.4826 * 3), 6);
  });
  it('takes no notice of where instruments begin, only of how they move', () => {
    expect(fed({ a: () => 5, b: () => 500, c: () => -3 }).value).toBe(0);
  });
  it('compares values where that is asked', () => {
    const detector = fed({ a: () => 5, b: () => 6, c: () => 25 }, 60, new DisagreementDetector({ ...options, compare: 'value' }));
    expect(detector.value).toBeCloseTo(19.5, 6);
  });
  it('needs three, and leaves out one that has been silent for the window', () => {
    expect([fed({ a: () => 1, b: () => 2 }).value, fed({ a: () => 1, b: () => 2 }).why]).toEqual([null, 'too-few-siblings']);
    const detector = fed({ a: () => 1, b: () => 2, c: () => 3 });
    for (const source of ['a', 'b']) detector.feed(4 * HOUR, 1, source);
    expect(detector.why).toBe('too-few-siblings');
    expect(new DisagreementDetector(options).why).toBe('no-data');
  });
  it('finds the dead axis of a geophone among its siblings', () => {
    const detector = new DisagreementDetector({ window: 60 * SECOND, compare: 'value', scale: 'logarithm', floor: 1 });
    for (let second = 0; second < 60; second += 1)
      for (const [source, rms] of [
        ['BHE', 90 + (second % 7) * 10],
        ['BHN', 120 - (second % 5) * 10],
        ['BHZ', 0],
      ] as const)
        detector.feed(second * SECOND, rms, source);
    expect(detector.detail?.instrument).toBe(2);
    expect(detector.value).toBeGreaterThan(100);
  });
  it('is the definition, whichever order the series and their samples come in', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -40, max: 40 }), { minLength: 3, maxLength: 12 }), fc.boolean(), (changes, late) => {
        const detector = new DisagreementDetector(options);
        changes.forEach((change, at) => {
          const samples = [
            [0, 100],
            [30 * MINUTE, 100 + change],
          ] as const;
          for (const [time, value] of late ? samples.toReversed() : samples) detector.feed(time, value, `s${at}`);
        });
        const mid = (list: readonly number[]) => {
          const sorted = list.toSorted((a, b) => a - b);
          return ((sorted[Math.floor((sorted.length - 1) / 2)] ?? 0) + (sorted[Math.ceil((sorted.length - 1) / 2)] ?? 0)) / 2;
        };
        const zs = changes.map((own, at) => {
          // From eight on the median of all: one among them hardly moves it.
          const others = changes.length < 8 ? changes.filter((_, i) => i !== at) : changes;
          const spread = 1.4826 * mid(others.map((one) => Math.abs(one - mid(others))));
          return Math.abs(own - mid(others)) / Math.max(spread, 1);
        });
        expect(detector.value).toBeCloseTo(Math.max(...zs), 6);
      }),
    );
  });
});
