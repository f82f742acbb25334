import type { Device } from './device.js';
import type { HazardPoint } from './hazard-point.js';

/** A device as the hot path needs it. `secretHash`: keyed hash (hex) of the device secret; the secret itself is nowhere. */
export interface RegisteredDevice extends Device {
  secretHash: string;
}

/** The registry in memory, read by broker, ingest, evaluate and wall on every packet. Changes arrive as `registry.changed`. */
export interface RegistryView {
  device(deviceId: string): RegisteredDevice | undefined;
  deviceBySecretHash(secretHash: string): RegisteredDevice | undefined;
  point(unifiedCode: string): HazardPoint | undefined;
  points(): Iterable<HazardPoint>;
  devices(): Iterable<RegisteredDevice>;
  devicesOf(unifiedCode: string): readonly RegisteredDevice[];
}
