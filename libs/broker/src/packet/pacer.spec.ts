import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Pacer } from './pacer.js';

describe('pacer', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('passes a burst of one second, then one message every 1/rate, in order, losing none', () => {
    const pacer = new Pacer(50, () => Date.now());
    const passed: number[] = [];
    const waited = Array.from({ length: 200 }, (_, n) => pacer.enter(() => passed.push(n)));
    expect(passed).toHaveLength(50);
    expect(waited.filter(Boolean)).toHaveLength(150);
    vi.advanceTimersByTime(1000);
    expect(passed.length).toBeGreaterThanOrEqual(99);
    expect(passed.length).toBeLessThanOrEqual(101);
    vi.advanceTimersByTime(2100);
    expect(passed).toEqual([...Array(200).keys()]);
  });

  it('never slows a device that keeps its rate', () => {
    const pacer = new Pacer(10, () => Date.now());
    for (let n = 0; n < 100; n += 1) {
      expect(pacer.enter(() => undefined)).toBe(false);
      vi.advanceTimersByTime(100);
    }
  });

  it('has no limit at 0', () => {
    const pacer = new Pacer(0, () => Date.now());
    expect(Array.from({ length: 10_000 }, () => pacer.enter(() => undefined)).some(Boolean)).toBe(false);
  });

  it('lets pass what waits, in order, when the device has gone', () => {
    const pacer = new Pacer(1, () => Date.now());
    const passed: number[] = [];
    for (let n = 0; n < 5; n += 1) pacer.enter(() => passed.push(n));
    pacer.flush();
    vi.advanceTimersByTime(60_000);
    expect(passed).toEqual([0, 1, 2, 3, 4]);
  });

  it('forgets what waits when the station stops', () => {
    const pacer = new Pacer(1, () => Date.now());
    const passed: number[] = [];
    for (let n = 0; n < 5; n += 1) pacer.enter(() => passed.push(n));
    pacer.stop();
    vi.advanceTimersByTime(60_000);
    expect(passed).toEqual([0]);
  });
});
