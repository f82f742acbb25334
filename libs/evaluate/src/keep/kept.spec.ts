import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOUR } from '#libs/contracts';
import { detectorKinds, IndicatorText, makeDetector } from '../detectors/index.js';
import type { Detector } from '../detectors/detector.js';
import { arrivals, texts } from '../fakes/every-kind.js';
import { filterKinds } from '../filters/index.js';
import { keptOf, takeUp } from './kept-bytes.js';

/** Kinds `texts` has no need of, as they forget nothing that a window does not bring back. */
const more: Record<string, Record<string, unknown>> = {
  silence: { unit: '1' },
  velocity: { unit: 'mm/d', window: '6 h' },
  acceleration: { unit: 'mm/d²', window: '6 h' },
  tangent: { unit: '°', window: '6 h', uniform: '10 h', floor: '1 mm/d' },
  'step-like': { unit: '1', window: '7 d' },
  'failure-time': { unit: 'h', sample: '5 min', block: 8, uniform: '10 h', floor: '1 mm/d', worse: 'less' },
};
const filters: Record<string, Record<string, unknown>> = {
  hampel: { window: '2 h', noise: '0.3 mm' },
  stuck: { window: '2 h', tolerance: '12 mm' },
  step: { settle: '1 h', noise: '1 mm' },
  copied: { window: '6 h', run: 4 },
  seasonal: { period: '4 h', most: '2 mm' },
};
const all = { ...texts, ...more };
const cleaned = Object.entries(filters).map(([filter, text]): [string, string, object] => [
  `velocity after ${filter}`,
  'velocity',
  { clean: [{ filter, ...text }] },
]);
const across = [['disagreement, each series cleaned', 'disagreement', { clean: [{ filter: 'hampel', ...filters.hampel }] }]] as const;

const make = (kind: string, text: object): Detector => {
  const base = { detector: kind, title: { zh: '某', en: 'some' }, channel: 'L1_LF_*', thresholds: {} };
  return makeDetector(IndicatorText.parse({ ...base, ...all[kind], ...text }), { interval: HOUR, series: 'L1_LF_1' });
};
const shown = ({ value, partial, why, detail }: Detector) => ({ value, partial, why, detail });

describe('a detector taken up from what was kept of it', () => {
  it('there is a case for every detector and every filter', () => {
    expect(Object.keys(all).toSorted()).toEqual(detectorKinds.map(({ name }) => name).toSorted());
    expect(Object.keys(filters).toSorted()).toEqual(filterKinds.map(({ name }) => name).toSorted());
  });

  it.each([...Object.keys(all).map((kind): [string, string, object] => [kind, kind, {}]), ...cleaned, ...across])(
    '%s goes on to the last digit as if it had never stopped, wherever it is stopped and whatever comes late',
    (_, kind, text) => {
      fc.assert(
        fc.property(arrivals, fc.nat(), fc.integer({ min: 1, max: 90 }), (samples, where, slower) => {
          const cut = where % (samples.length + 1);
          const feed = (detector: Detector, at: number) => {
            const { time, value, source } = samples[at] as (typeof samples)[number];
            detector.feed(kind === 'step-like' ? time * slower : time, value, source);
          };
          const whole = make(kind, text);
          for (let at = 0; at < cut; at += 1) feed(whole, at);
          const kept = keptOf(whole);
          const again = make(kind, text);
          expect(takeUp(again, kept)).toBe(true);
          expect(keptOf(again)).toEqual(kept);
          expect(shown(again)).toEqual(shown(whole));
          for (let at = cut; at < samples.length; at += 1) {
            feed(whole, at);
            feed(again, at);
            expect(shown(again)).toEqual(shown(whole));
            expect(again.memory?.()).toEqual(whole.memory?.());
          }
          expect(keptOf(again)).toEqual(keptOf(whole));
        }),
        { numRuns: 30, endOnFailure: true },
      );
    },
  );

  it('is taken up from a part of a larger Buffer, as a database driver hands it over', () => {
    const whole = make('velocity', {});
    for (let hour = 0; hour < 12; hour += 1) whole.feed(hour * HOUR, hour);
    const kept = keptOf(whole);
    const again = make('velocity', {});
    expect(takeUp(again, Buffer.concat([Buffer.from('ahead of it'), kept, Buffer.alloc(9)]).subarray(11, 11 + kept.length))).toBe(true);
    expect(shown(again)).toEqual(shown(whole));
  });

  it('what is damaged, cut off, longer, or of another kind is refused', () => {
    const whole = make('velocity', {});
    for (let hour = 0; hour < 12; hour += 1) whole.feed(hour * HOUR, hour);
    const kept = keptOf(whole);
    for (const bad of [kept.subarray(0, kept.length - 8), kept.subarray(0, 3), kept.subarray(0, 21), new Uint8Array(64).fill(255)])
      expect(takeUp(make('velocity', {}), bad)).toBe(false);
    expect(takeUp(make('velocity', {}), Uint8Array.from([...kept, ...new Uint8Array(8)]))).toBe(false);
    expect(takeUp(make('change', { window: '3 h' }), kept)).toBe(false);
    const shifted = Uint8Array.from([0, ...kept]).subarray(1);
    expect(takeUp(make('velocity', {}), shifted)).toBe(true);
  });
});
