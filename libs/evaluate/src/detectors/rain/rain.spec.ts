import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '#libs/contracts';
import { RainDetector } from './rain.js';
import type { RainSource } from './rain-curve.js';

const window = HOUR;
type Sample = readonly [time: number, reading: number];

/** The definition, over the whole record: every interval's rain, by the share of it that lies in the window. */
function byDefinition(samples: readonly Sample[], source: RainSource): number {
  const sorted = samples.toSorted(([a], [b]) => a - b);
  const start = (sorted.at(-1)?.[0] ?? 0) - window;
  let rain = 0;
  for (let i = 1; i < sorted.length; i += 1) {
    const [from, before] = sorted[i - 1] as Sample;
    const [to, now] = sorted[i] as Sample;
    if (to <= start) continue;
    const fallen = source === 'increments' ? now : now >= before ? now - before : now;
    rain += fallen * Math.min(1, (to - start) / (to - from));
  }
  return rain;
}

const record = fc
  .uniqueArray(fc.tuple(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 500 })), {
    selector: ([t]) => t,
    minLength: 1,
    maxLength: 120,
  })
  .map((all) => all.map(([t, v]): Sample => [t * MINUTE, v / 10]).toSorted(([a], [b]) => a - b));

describe('rain over a sliding window', () => {
  it.each(['increments', 'accumulator'] as const)(
    'equals the definition after every sample of any record of %s, resets included',
    (source) => {
      fc.assert(
        fc.property(record, (samples) => {
          const detector = new RainDetector(window, source);
          for (const [at, [time, value]] of samples.entries()) {
            detector.feed(time, value);
            expect(detector.value).toBeCloseTo(byDefinition(samples.slice(0, at + 1), source), 8);
          }
        }),
      );
    },
  );

  it.each(['increments', 'accumulator'] as const)('is the same when samples of the last hour come in any order (%s)', (source) => {
    fc.assert(
      fc.property(record, fc.nat(), (samples, seed) => {
        const newest = samples.at(-1)?.[0] ?? 0;
        const old = samples.filter(([t]) => newest - t > window);
        // The newest first: everything else of the hour is late.
        const young = samples.filter(([t]) => newest - t <= window).toReversed();
        const cut = seed % young.length;
        const detector = new RainDetector(window, source);
        for (const [time, value] of [...old, ...young.slice(cut), ...young.slice(0, cut)]) detector.feed(time, value);
        expect(detector.value).toBeCloseTo(byDefinition(samples, source), 8);
      }),
    );
  });

  it('does not drift over a hundred thousand tips of 0.2 mm', () => {
    const detector = new RainDetector(window, 'increments');
    for (let i = 0; i < 100_000; i += 1) detector.feed(i * MINUTE, 0.2);
    expect(detector.value).toBe(12);
  });

  it('is not changed by a sample older than the window', () => {
    const detector = new RainDetector(window, 'increments');
    for (const [time, value] of [
      [0, 0],
      [2 * HOUR, 3],
      [3 * HOUR, 4],
      [HOUR, 99],
    ] as const)
      detector.feed(time, value);
    expect(detector.value).toBe(4);
  });
});
