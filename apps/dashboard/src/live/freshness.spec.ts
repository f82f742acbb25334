import type { DeviceState } from '#libs/contracts';
import { describe, expect, it } from 'vitest';
import { freshnessOfPoint } from './freshness.js';

const now = Date.parse('2026-11-21T08:00:00Z');
const device = (state: DeviceState, secondsAgo: number | null = 10) => ({
  state,
  lastSeen: secondsAgo === null ? null : new Date(now - secondsAgo * 1000).toISOString(),
});

describe('freshness of a point', () => {
  it('is that of its worst device, and unknown without any', () => {
    expect(freshnessOfPoint([]).freshness).toBe('unknown');
    expect(freshnessOfPoint([device('online'), device('stale')])).toMatchObject({ freshness: 'stale', missing: 0 });
    expect(freshnessOfPoint([device('online'), device('offline', 400), device('unknown', null)])).toEqual({
      freshness: 'unknown',
      lastSeen: now - 10_000,
      devices: 3,
      missing: 2,
    });
  });

  it('believes the station, which knows the clock of a drill', () => {
    expect(freshnessOfPoint([device('offline', 1)])).toMatchObject({ freshness: 'silent', missing: 1 });
  });
});
