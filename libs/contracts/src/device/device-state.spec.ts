import { describe, expect, it } from 'vitest';
import { deviceState, pointFreshness } from './device-state.js';

const now = Date.parse('2026-07-01T12:00:00Z');
const minute = 60_000;

describe('what a device is', () => {
  it.each([
    [90, 'online'],
    [90.1, 'stale'],
    [210, 'stale'],
    [210.1, 'offline'],
  ])('%f minutes after its last packet, hourly: %s', (ago, state) =>
    expect(deviceState(now - ago * minute, now, 3600, undefined)).toBe(state),
  );

  it('is unknown before its first packet', () => expect(deviceState(undefined, now, 3600, undefined)).toBe('unknown'));

  it('is maintenance while somebody works on it, whether it sends or not', () => {
    expect(deviceState(undefined, now, 3600, undefined, true)).toBe('maintenance');
    expect(deviceState(now, now, 3600, undefined, true)).toBe('maintenance');
  });
});

it('a point with a device in maintenance is not fresh: grey is not green', () => {
  expect(pointFreshness(['online', 'maintenance'])).toBe('stale');
  expect(pointFreshness([])).toBe('unknown');
});
