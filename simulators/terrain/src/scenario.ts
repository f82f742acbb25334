import type { DeviceCreate, HazardPointCreate, HouseholdCardCreate, WorkCardCreate } from '#libs/contracts';

/** Value of one sensor: a number, or fields by name. */
export type SensorValue = number | Record<string, number | string>;

/** One sending of one device: everything it measured at one or more event times, in the form it speaks. */
export interface Upload {
  device: string;
  /** Event time of the newest sample, epoch ms: the upload leaves when the point's clock shows it. */
  at: number;
  /** `timed` = national type 2, `status` = national type 1 (no time), `json` = ThingsBoard-style telemetry. */
  form: 'timed' | 'status' | 'json';
  /** Sensor → event time → value; for `status` the time is not sent. For `json` the sensor is a channel. */
  samples: { sensor: string; time: number; value: SensorValue }[];
}

/** Where a run takes place, in its own time. */
export interface RunPlan {
  /** Wall clock when the run begins, epoch ms. */
  wallStart: number;
  /** Event time when the run begins. */
  eventStart: number;
  /** Event seconds a wall second until the two clocks meet. */
  speed: number;
  /** Short text of digits that makes codes and ids of this run its own. */
  run: string;
}

/** A sensor that is read when its device's interval says so, not when a record does. */
export interface LiveSensor {
  device: string;
  /** Upload interval until a command changes it, seconds. */
  interval: number;
  sensor: string;
  /** What it shows so many seconds after the run began. */
  value(second: number): SensorValue;
}

/** One slope, gully or pond: what it registers at the station and what its devices send. */
export interface Scenario {
  name: string;
  /** How long the event lasts in event time, and how long the run should take on the wall; equal = real time. */
  eventMs: number;
  wallMs: number;
  point(plan: RunPlan): HazardPointCreate;
  devices(plan: RunPlan): DeviceCreate[];
  workCards(plan: RunPlan): WorkCardCreate[];
  householdCards(plan: RunPlan): HouseholdCardCreate[];
  /** In the order of `at`; may go on for ever. */
  uploads(plan: RunPlan): Iterable<Upload>;
  /** Devices that measure in real time and obey commands; they go on until the run is ended. */
  live?(plan: RunPlan): LiveSensor[];
}

/** A card needs people; these are nobody's numbers (reserved for demonstrations by this project: 1390000xxxx). */
export const demoPhone = (last: number): string => `139${String(last).padStart(8, '0')}`;
