import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '#libs/contracts';
import { horizonOf, IndicatorText, makeDetector } from '../detectors/index.js';
import type { Detector } from '../detectors/detector.js';
import { keptOf, takeUp } from '../keep/kept-bytes.js';
import type { Keeper } from '../keep/keeper.js';
import { FilterPool } from './pool.js';

const title = { zh: '某', en: 'some' };
const hampel = { filter: 'hampel', window: '5 h' };
const step = { filter: 'step', settle: '4 h', least: '1 mm' };
const velocity = { detector: 'velocity', unit: 'mm/d' };
/** Cleaned alike, alike but for how far the detector looks back, from another filter on, and otherwise. */
const texts = [
  { ...velocity, window: '8 h', clean: [hampel, step] },
  { ...velocity, window: '8 h', clean: [hampel, step] },
  { ...velocity, window: '16 h', clean: [hampel, step] },
  { detector: 'tangent', unit: '°', window: '8 h', uniform: '20 h', floor: '1 mm/d', clean: [hampel, step] },
  {
    detector: 'failure-time',
    unit: 'h',
    sample: '5 min',
    block: 8,
    uniform: '10 h',
    floor: '1 mm/d',
    worse: 'less',
    clean: [hampel, step],
  },
  { detector: 'change', unit: 'mm', window: '5 h', clean: [hampel] },
  { ...velocity, window: '8 h', clean: [hampel, { ...step, least: '3 mm' }] },
  { ...velocity, window: '8 h', clean: [{ ...hampel, noise: '2 mm' }, step] },
  { ...velocity, window: '8 h', clean: [step, { filter: 'stuck', window: '3 h', tolerance: '0.1 mm' }] },
].map((text) => IndicatorText.parse({ title, channel: 'L1_LF_*', thresholds: {}, ...text }));

type Fed = readonly [time: number, value: number];
/** A series that creeps, with outages, spikes, jumps that stay, stretches that stand still, and samples up to some hours late. */
const series = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 25 }), fc.integer({ min: -9, max: 9 }), fc.nat(99), fc.nat(9)), {
    minLength: 40,
    maxLength: 200,
  })
  .map((steps) => {
    let time = 0;
    let level = 0;
    return steps.map(([minutes, noise, dice, late]): Fed => {
      time += (dice === 0 ? 12 * 60 : minutes) * MINUTE;
      if (dice > 93) level += (dice - 90) * 2;
      const spike = dice === 1 || dice === 2 ? 40 : 0;
      const value = level + time / (12 * HOUR) + spike + (dice < 90 ? noise / 9 : 0);
      return [late === 0 && dice > 50 ? time - dice * 2 * MINUTE - 1 : time, value];
    });
  });

const shown = ({ value, partial, why, detail }: Detector) => ({ value, partial, why, detail });

/** Detectors of one series as a point has them: filters shared, and fed through their entries. */
class Sharing {
  readonly #filters = new FilterPool();
  readonly detectors = texts.map((spec) => makeDetector(spec, { ...place, filters: this.#filters }));
  readonly #entries = new Set(this.detectors.map((one) => one.entry?.()));
  get entries(): number {
    return this.#entries.size;
  }
  feed([time, value]: Fed): void {
    for (const entry of this.#entries) entry?.feed(time, value);
  }
  keep(k: Keeper): void {
    for (const one of this.detectors) one.keep(k);
  }
}
const place = { interval: 10 * MINUTE, deviceId: 'E1', series: 'L1_LF_1', accuracy: 0.5 };
const separate = () => texts.map((spec) => makeDetector(spec, place));

describe('filters shared by the indicators of a series', () => {
  it('let through, move and doubt to the last digit what filters of their own would, also when taken up in between (property)', () => {
    let moved = 0;
    fc.assert(
      fc.property(series, fc.nat(), (samples, where) => {
        const cut = where % samples.length;
        const own = separate();
        let shared = new Sharing();
        for (const [at, sample] of samples.entries()) {
          if (at === cut) {
            const kept = keptOf(shared);
            shared = new Sharing();
            expect(takeUp(shared, kept)).toBe(true);
            expect(keptOf(shared)).toEqual(kept);
          }
          for (const one of own) one.feed(...sample);
          shared.feed(sample);
          const want = own.map(shown);
          expect(shared.detectors.map(shown)).toEqual(want);
          if (want.some(({ detail }) => detail?.step !== undefined)) moved += 1;
        }
      }),
      { numRuns: 40, endOnFailure: true },
    );
    // Jumps were found, or nothing of the kind was put to the test.
    expect(moved).toBeGreaterThan(0);
  });

  it('are as many as differ: one entry for those that begin alike', () => expect(new Sharing().entries).toBe(3));

  it('are kept once: what several share takes the room of one', () => {
    const [alone, shared] = [separate(), new Sharing()];
    for (let at = 0; at < 300; at += 1) {
      const sample: Fed = [at * 10 * MINUTE, Math.sin(at)];
      for (const one of alone) one.feed(...sample);
      shared.feed(sample);
    }
    const bytes = alone.reduce((sum, one) => sum + keptOf(one).length, 0);
    expect(keptOf(shared).length).toBeLessThan(bytes);
  });

  it('of other series are others', () => {
    const filters = new FilterPool();
    const of = (name: string) => makeDetector(texts[0] as (typeof texts)[0], { ...place, series: name, filters });
    const [one, other] = [of('L1_LF_1'), of('L1_LF_2')];
    expect(one.entry?.()).not.toBe(other.entry?.());
    for (let hour = 0; hour < 20; hour += 1) one.entry?.().feed(hour * HOUR, hour);
    expect([one.why, other.why, horizonOf(texts[0] as (typeof texts)[0]) > 8 * HOUR]).toEqual([undefined, 'no-data', true]);
  });

  it('with one detector taken up before another that shares with it is not there, nothing is taken up', () => {
    const shared = new Sharing();
    for (let hour = 0; hour < 20; hour += 1) shared.feed([hour * HOUR, hour]);
    const alone = { keep: (k: Keeper) => separate().forEach((one) => one.keep(k)) };
    expect(takeUp(alone, keptOf(shared))).toBe(false);
  });
});
