import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IndicatorTrace } from './indicator-trace.js';

const traceOf = (values: readonly number[]): IndicatorTrace => {
  const trace = new IndicatorTrace();
  values.forEach((value, time) => trace.add(time, value));
  return trace;
};

describe('trace of an indicator', () => {
  it('keeps everything until its room is full, then says that it was thinned', () => {
    expect(traceOf([3, 1, 2]).since(1)).toEqual([
      [1, 1],
      [2, 2],
    ]);
    expect(traceOf(Array(600).fill(1)).thinned).toBe(false);
    expect(traceOf(Array(601).fill(1)).thinned).toBe(true);
  });

  it('makes room at its own time, so that those that began together do not all do it in one moment', () => {
    const thinnedAt = [0, 0.25, 1].map((phase) => {
      const trace = new IndicatorTrace(phase);
      let time = 0;
      while (!trace.thinned) trace.add((time += 1), time);
      return time;
    });
    expect(thinnedAt).toEqual([301, 376, 601]);
  });

  it('lets a late sample correct the newest value and nothing else', () => {
    const trace = traceOf([5, 6]);
    trace.add(0, 9);
    expect(trace.since(0)).toEqual([
      [0, 5],
      [1, 9],
    ]);
  });

  it('stays bounded and in order, and never loses the highest, the lowest or the newest value', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 5000 }), (values) => {
        const samples = traceOf(values).since(0);
        const kept = samples.map(([, value]) => value);
        expect(samples.length).toBeLessThanOrEqual(600);
        expect(samples.every(([time], i) => i === 0 || time > (samples[i - 1]?.[0] ?? -1))).toBe(true);
        expect([Math.max(...kept), Math.min(...kept), kept.at(-1)]).toEqual([Math.max(...values), Math.min(...values), values.at(-1)]);
      }),
      { numRuns: 30 },
    );
  });
});
