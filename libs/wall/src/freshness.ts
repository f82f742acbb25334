import type { DeviceState, Drill, PointPicture } from '#libs/contracts';

/**
 * State of a device by when it was last heard. Handed in: the API and the wall must not differ about it.
 *
 * @param lastSeen arrival of its newest packet, epoch ms on the wall clock; undefined = never
 * @param now      wall clock, epoch ms
 * @param interval upload interval, seconds
 * @param drill    of its point: silence counts on the point's own clock
 */
export type DeviceStateRule = (lastSeen: number | undefined, now: number, interval: number, drill: Drill | undefined) => DeviceState;

/** Best first. */
const order: readonly PointPicture['freshness'][] = ['fresh', 'stale', 'silent', 'unknown'];
const asFreshness: Readonly<Record<DeviceState, PointPicture['freshness']>> = {
  online: 'fresh',
  stale: 'stale',
  offline: 'silent',
  // Not watched while somebody works on it.
  maintenance: 'stale',
  unknown: 'unknown',
};

/** A point is as bad as its worst device: one silent sensor can be the one that would have told. Without devices nothing watches it. */
export function pointFreshness(devices: readonly DeviceState[]): PointPicture['freshness'] {
  let worst = devices.length === 0 ? order.length - 1 : 0;
  for (const state of devices) worst = Math.max(worst, order.indexOf(asFreshness[state]));
  return order[worst] ?? 'unknown';
}
