import type { DeviceView } from '#libs/contracts';

/**
 * Whether data is coming in, in words of the duty room: fresh 正常, stale 延迟, silent 中断, unknown 未知 (nothing was ever
 * received). Shown, never inferred from the absence of a warning.
 */
export type Freshness = 'fresh' | 'stale' | 'silent' | 'unknown';

/** Weakest first. A point is as bad as its worst device: one silent sensor can be the one that would have told. */
export const freshnessOrder: readonly Freshness[] = ['fresh', 'stale', 'silent', 'unknown'];

/** Upload intervals without a packet until 延迟 and 中断. Fewer would flicker on mobile networks, more would hide a dead sensor. */
const staleAfter = 2;
const silentAfter = 5;
/** Short intervals get this much grace, milliseconds: delivery itself takes seconds. */
const grace = 5_000;

/**
 * @param lastSeen when the station last had a valid packet, epoch ms; null = never
 * @param interval upload interval, seconds
 * @param now      station's clock, epoch ms
 */
export function freshness(lastSeen: number | null, interval: number, now: number): Freshness {
  if (lastSeen === null) return 'unknown';
  const silence = now - lastSeen - grace;
  if (silence > silentAfter * interval * 1000) return 'silent';
  return silence > staleAfter * interval * 1000 ? 'stale' : 'fresh';
}

/** What the station says of a device: it knows the point's own clock in a drill, where an hour passes in a second. */
const told: Partial<Record<DeviceView['state'], Freshness>> = { stale: 'stale', offline: 'silent' };

export interface PointFreshness {
  freshness: Freshness;
  /** Newest packet of any device, epoch ms. */
  lastSeen: number | null;
  devices: number;
  /** Devices that are silent or were never heard. */
  missing: number;
}

/** What a point's devices add up to. A point without devices is unknown: nothing watches it. */
export function pointFreshness(devices: readonly Pick<DeviceView, 'interval' | 'lastSeen' | 'state'>[], now: number): PointFreshness {
  let worst: Freshness = devices.length === 0 ? 'unknown' : 'fresh';
  let lastSeen: number | null = null;
  let missing = 0;
  for (const device of devices) {
    const seen = device.lastSeen === null ? null : Date.parse(device.lastSeen);
    const one = worseOf(freshness(seen, device.interval, now), told[device.state] ?? 'fresh');
    if (freshnessOrder.indexOf(one) > freshnessOrder.indexOf(worst)) worst = one;
    if (one === 'silent' || one === 'unknown') missing += 1;
    if (seen !== null && (lastSeen === null || seen > lastSeen)) lastSeen = seen;
  }
  return { freshness: worst, lastSeen, devices: devices.length, missing };
}

function worseOf(a: Freshness, b: Freshness): Freshness {
  return freshnessOrder.indexOf(a) >= freshnessOrder.indexOf(b) ? a : b;
}
