import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SECOND } from '#libs/contracts';
import { StaLtaDetector, type StaLtaOptions } from './sta-lta.js';

const options: StaLtaOptions = {
  sta: 60 * SECOND,
  lta: 1800 * SECOND,
  trigger: 4,
  hold: 120 * SECOND,
  dead: 60 * SECOND,
  scale: 'amplitude',
};
/** A generator that gives the same numbers every time (Park–Miller). */
function noise(seed = 7): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}
/** One second RMS: background of about 100, and what is added to it by second. */
function record(seconds: number, added: (second: number) => number = () => 0): number[] {
  const random = noise();
  return Array.from({ length: seconds }, (_, at) => 80 + 40 * random() + added(at));
}
const fed = (detector: StaLtaDetector, values: readonly number[], from = 0) => {
  values.forEach((value, at) => detector.feed((from + at) * SECOND, value));
  return detector;
};
/** The classic ratio by definition, at the last sample. */
function classic(values: readonly number[], short = 60, long = 1800): number {
  const mean = (n: number) => values.slice(-n).reduce((sum, one) => sum + one * one, 0) / n;
  return mean(short) / mean(long);
}

describe('STA/LTA', () => {
  it('is unknown for one long window, then about 1 on steady noise', () => {
    const values = record(1801);
    const detector = fed(new StaLtaDetector(options), values.slice(0, 1800));
    expect([detector.value, detector.why]).toEqual([null, 'warming-up']);
    detector.feed(1800 * SECOND, values[1800] ?? 0);
    expect(detector.value).toBeGreaterThan(0.9);
    expect(detector.value).toBeLessThan(1.1);
  });
  it('is the classic ratio by definition while nothing has triggered, to the width of a bin', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 0, max: 120 }), (seed, rise) => {
        const random = noise(seed);
        // Quiet for the long window, then a slow rise: no trigger, no held peak that is not the newest.
        const values = Array.from({ length: 1900 + rise }, (_, at) => 100 + 5 * random() + Math.max(0, at - 1899) * 0.5);
        const detector = fed(new StaLtaDetector({ ...options, hold: 1 }), values);
        expect(Math.abs((detector.value ?? 0) / classic(values) - 1)).toBeLessThan(0.05);
      }),
      { numRuns: 30 },
    );
  });
  it('triggers within a quarter of a minute of a surge and stays triggered through it', () => {
    const detector = fed(new StaLtaDetector(options), record(3600));
    const surge = record(900, () => 1000);
    let after = 0;
    while (detector.detail?.triggered !== 1) detector.feed((3600 + after) * SECOND, surge[after++] ?? 0);
    expect(after).toBeLessThanOrEqual(15);
    for (; after < surge.length; after += 1) {
      detector.feed((3600 + after) * SECOND, surge[after] ?? 0);
      expect(detector.value).toBeGreaterThanOrEqual(4);
    }
    // Frozen: a quarter of an hour of the flow itself has not become the background.
    expect(detector.detail?.long).toBeLessThan(250);
  });
  it('sees the second surge as well as the first', () => {
    const detector = fed(
      new StaLtaDetector(options),
      record(6000, (at) => ((at > 3600 && at < 4200) || at > 5700 ? 1000 : 0)),
    );
    expect(detector.value).toBeGreaterThan(20);
  });
  it('lets go two minutes after the end', () => {
    const detector = fed(
      new StaLtaDetector(options),
      record(4000, (at) => (at >= 3000 && at < 3100 ? 1000 : 0)),
    );
    expect(detector.detail?.triggered).toBe(0);
    expect(detector.value).toBeLessThan(1.5);
  });
  it('takes noise that has risen for good as a new background: unknown while it learns, then calm', () => {
    const values = record(3000 + 2 * 1800 + 60, (at) => (at >= 3000 ? 1000 : 0));
    const detector = fed(new StaLtaDetector(options), values.slice(0, 3000 + 1860));
    expect([detector.value, detector.why]).toEqual([null, 'warming-up']);
    fed(detector, values.slice(3000 + 1860), 3000 + 1860);
    expect(detector.value).toBeGreaterThan(0.9);
    expect(detector.value).toBeLessThan(1.1);
  });
  it('calls a channel that stands still dead within a minute, and never takes its zeros for background', () => {
    const detector = fed(new StaLtaDetector(options), record(2000));
    for (let at = 0; at <= 60; at += 1) detector.feed((2000 + at) * SECOND, 0);
    expect([detector.value, detector.why]).toEqual([null, 'dead-channel']);
    fed(
      detector,
      Array.from({ length: 3000 }, () => 0),
      2061,
    );
    fed(detector, record(600), 5061);
    expect([detector.value, detector.why]).toEqual([null, 'warming-up']);
  });
  it('turns dB into power: the same ground in dB gives the same ratio', () => {
    const values = record(3700, (at) => (at >= 3600 ? 1000 : 0));
    const inDecibel = fed(
      new StaLtaDetector({ ...options, scale: 'dB' }),
      values.map((value) => 20 * Math.log10(value)),
    );
    const inCounts = fed(new StaLtaDetector(options), values);
    expect(inCounts.value).toBeGreaterThan(4);
    expect(inDecibel.value).toBeCloseTo(inCounts.value ?? Number.NaN, 6);
  });
  it('says nothing of an instrument too slow for its windows', () => {
    const detector = new StaLtaDetector(options);
    for (let at = 0; at < 100; at += 1) detector.feed(at * 60 * SECOND, at === 99 ? 1e6 : 100 + (at % 7));
    expect([detector.value, detector.why]).toEqual([null, 'warming-up']);
  });
  it('starts afresh after a gap longer than the long window', () => {
    const detector = fed(new StaLtaDetector(options), record(2000));
    fed(detector, record(100), 2000 + 1801);
    expect(detector.why).toBe('warming-up');
  });
  it('goes on after a restart anywhere as if nothing had happened, in a trigger too', () => {
    const values = record(4400, (at) => (at >= 3600 && at < 4000 ? 800 : 0));
    for (const cut of [1, 900, 1850, 3590, 3605, 3700, 3999, 4060, 4150]) {
      const whole = fed(new StaLtaDetector(options), values.slice(0, cut));
      const after = new StaLtaDetector(options);
      after.recall(JSON.parse(JSON.stringify(whole.memory())));
      expect(after.value).toBe(whole.value);
      for (let at = cut; at < values.length; at += 1) {
        whole.feed(at * SECOND, values[at] ?? 0);
        after.feed(at * SECOND, values[at] ?? 0);
        expect(after.value).toBe(whole.value);
      }
    }
  });
});
