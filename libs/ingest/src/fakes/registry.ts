import type { HazardPoint, RegisteredDevice, RegistryView } from '#libs/contracts';

const since = '2026-01-01T00:00:00Z';

export const fakePoint = (unifiedCode: string, more: Partial<HazardPoint> = {}): HazardPoint => ({
  unifiedCode,
  name: '测试滑坡',
  kind: 'landslide',
  divisionCode: '513221',
  longitude: 103.5,
  latitude: 31.4,
  threatenedHouseholds: 0,
  threatenedPeople: 0,
  rulebook: 'landslide',
  thresholds: [],
  release: { red: 'manual', orange: 'manual', yellow: 'manual', blue: 'manual' },
  closed: false,
  version: 1,
  createdAt: since,
  updatedAt: since,
  ...more,
});

export const fakeDevice = (deviceId: string, more: Partial<RegisteredDevice> = {}): RegisteredDevice => ({
  deviceId,
  profile: 'station',
  hazardPoint: '513221010001',
  divisionCode: '513221',
  interval: 60,
  synthetic: false,
  createdAt: since,
  secretHash: `hash of ${deviceId}`,
  ...more,
});

/** The registry as plain lists. */
export function fakeRegistry(
  devices: readonly RegisteredDevice[],
  points: readonly HazardPoint[] = [fakePoint('513221010001')],
): RegistryView {
  return {
    device: (id) => devices.find((device) => device.deviceId === id),
    deviceBySecretHash: (hash) => devices.find((device) => device.secretHash === hash),
    point: (code) => points.find((point) => point.unifiedCode === code),
    points: () => points,
    devices: () => devices,
    devicesOf: (code) => devices.filter((device) => device.hazardPoint === code),
  };
}
