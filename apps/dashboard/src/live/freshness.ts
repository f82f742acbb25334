import { pointFreshness, type DeviceView, type Freshness } from '#libs/contracts';

export interface PointFreshness {
  freshness: Freshness;
  /** Newest packet of any device, epoch ms. */
  lastSeen: number | null;
  devices: number;
  /** Devices that are silent or were never heard. */
  missing: number;
}

/**
 * What a point's devices add up to. Which state a device is in the station says, by the one rule of the contract, and tells at once
 * when it changes; this page has no clock of the point and no opinion. When the link is gone the whole screen says so.
 */
export function freshnessOfPoint(devices: readonly Pick<DeviceView, 'lastSeen' | 'state'>[]): PointFreshness {
  const seen = devices.flatMap(({ lastSeen }) => (lastSeen === null ? [] : [Date.parse(lastSeen)]));
  return {
    freshness: pointFreshness(devices.map(({ state }) => state)),
    lastSeen: seen.length === 0 ? null : Math.max(...seen),
    devices: devices.length,
    missing: devices.filter(({ state }) => state === 'offline' || state === 'unknown').length,
  };
}
