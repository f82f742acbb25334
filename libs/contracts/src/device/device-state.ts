import type { DeviceState } from './device.js';
import { pointClock } from '../time/drill-clock.js';
import type { Drill } from '../point/hazard-point.js';
import { MINUTE, SECOND } from '../time/time.js';

/** A packet may come so much later than its interval before the device is called stale. Less: every GPRS hiccup shows; more: a gap of one upload is hidden. */
const tolerance = (interval: number): number => Math.max(interval / 2, MINUTE);
/** Uploads missed before a device is called offline: the same three after which a rulebook calls a channel silent (contract.md). */
const missedUploads = 3;

/**
 * What a device is, by when it last sent something valid, never by "has a session" (domain.md §1.7). The one rule: API, wall
 * and dashboard show what it says. Both times are wall clock and are compared on the clock of its point, so that a drill at speed 1000 is judged in event time.
 *
 * @param lastSeen arrival of its newest packet, epoch ms; undefined = never
 * @param now      wall clock, epoch ms
 * @param interval upload interval, seconds
 * @param drill    of its point
 * @param maintained somebody declared work on it: its silence is expected, and what it says is not to be taken at its word
 */
export function deviceState(
  lastSeen: number | undefined,
  now: number,
  interval: number,
  drill: Drill | undefined,
  maintained = false,
): DeviceState {
  if (maintained) return 'maintenance';
  if (lastSeen === undefined) return 'unknown';
  const silent = pointClock(drill, now) - pointClock(drill, lastSeen);
  const period = interval * SECOND;
  if (silent <= period + tolerance(period)) return 'online';
  return silent <= missedUploads * period + tolerance(period) ? 'stale' : 'offline';
}

/** Whether data is coming in, best first: 正常, 延迟, 中断, 未知 (nothing was ever received). */
export const freshnessOrder = ['fresh', 'stale', 'silent', 'unknown'] as const;
export type Freshness = (typeof freshnessOrder)[number];

export const freshnessOf: Readonly<Record<DeviceState, Freshness>> = {
  online: 'fresh',
  stale: 'stale',
  offline: 'silent',
  // Not watched while somebody works on it.
  maintenance: 'stale',
  unknown: 'unknown',
};

/** A point is as bad as its worst device: one silent sensor can be the one that would have told. Without devices nothing watches it. */
export function pointFreshness(devices: readonly DeviceState[]): Freshness {
  let worst = devices.length === 0 ? freshnessOrder.length - 1 : 0;
  for (const state of devices) worst = Math.max(worst, freshnessOrder.indexOf(freshnessOf[state]));
  return freshnessOrder[worst] ?? 'unknown';
}
