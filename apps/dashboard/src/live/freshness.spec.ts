import type { DeviceState } from '#libs/contracts';
import { describe, expect, it } from 'vitest';
import { freshness, pointFreshness } from './freshness.js';

const now = Date.parse('2026-11-21T08:00:00Z');
const device = (secondsAgo: number | null, interval = 60, state: DeviceState = 'online') => ({
  interval,
  state,
  lastSeen: secondsAgo === null ? null : new Date(now - secondsAgo * 1000).toISOString(),
});

describe('freshness', () => {
  it('counts silence in the device’s own upload intervals', () => {
    expect(freshness(now - 60_000, 60, now)).toBe('fresh');
    expect(freshness(now - 126_000, 60, now)).toBe('stale');
    expect(freshness(now - 306_000, 60, now)).toBe('silent');
    expect(freshness(now - 306_000, 3600, now)).toBe('fresh');
  });

  it('never calls a device that was never heard fresh', () => {
    expect(freshness(null, 60, now)).toBe('unknown');
    expect(pointFreshness([], now).freshness).toBe('unknown');
  });

  it('believes the station where it knows worse: silence on a drill’s own clock', () => {
    expect(pointFreshness([device(1, 3600, 'offline')], now)).toMatchObject({ freshness: 'silent', missing: 1 });
    expect(pointFreshness([device(400, 60, 'stale')], now).freshness).toBe('silent');
  });

  it('makes a point as bad as its worst device and counts the missing', () => {
    expect(pointFreshness([device(10), device(400), device(null)], now)).toEqual({
      freshness: 'unknown',
      lastSeen: now - 10_000,
      devices: 3,
      missing: 2,
    });
    expect(pointFreshness([device(10), device(130)], now)).toMatchObject({ freshness: 'stale', missing: 0 });
  });
});
