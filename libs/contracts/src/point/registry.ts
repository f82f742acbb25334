import type { Device } from '../device/device.js';
import type { HazardPoint } from './hazard-point.js';
import type { MaintenanceWindow } from '../warning/maintenance.js';
import type { ResponsePlan } from '../warning/response-plan.js';
import type { Silence } from '../warning/silence.js';

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
  /** The maintenance window a device is in at a time of the wall clock (epoch ms), its own, its collector's or its point's. */
  maintenanceOf?(deviceId: string, at: number): MaintenanceWindow | undefined;
  /** Silences that hold for a point at a time of the wall clock (epoch ms), whatever their rulebook and level. */
  silencesOf?(unifiedCode: string, at: number): readonly Silence[];
  /** The response plan somebody has written for a point. */
  planOf?(unifiedCode: string): ResponsePlan | undefined;
}
