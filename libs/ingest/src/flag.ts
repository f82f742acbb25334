import { MINUTE, SECOND, type QualityFlag } from '#libs/contracts';
import type { Accumulators } from './accumulators.js';
import type { ValidSample } from './validate.js';

/** What flagging knows of the device: its upload interval (s) and whether its data is made up. */
export interface FlagDevice {
  interval: number;
  synthetic: boolean;
}

/** contract.md, MQTT: late is behind receive time by more than the larger of 5 minutes and two upload intervals. */
export const lateAfterMs = (intervalSeconds: number): number => Math.max(5 * MINUTE, 2 * intervalSeconds * SECOND);

/**
 * Quality flags of one sample (domain.md §2.3). The raw value is stored beside them, never changed.
 *
 * @param pointNow receive time on the clock of the device's point: in a drill both sides of "late" are event time
 */
export function flag(sample: ValidSample, device: FlagDevice, pointNow: number, accumulators: Accumulators): QualityFlag[] {
  const flags: QualityFlag[] = [];
  const [low, high] = sample.field.range;
  const inRange = sample.value >= low && sample.value <= high;
  if (!inRange) flags.push('range');
  // A total outside the instrument's range is no base to measure a fall from.
  if (inRange && sample.field.accumulator && accumulators.isReset(sample.deviceId, sample.channel, sample.time, sample.value))
    flags.push('reset');
  if (sample.stamped) flags.push('time-by-server');
  else if (pointNow - sample.time > lateAfterMs(device.interval)) flags.push('late');
  if (device.synthetic) flags.push('synthetic');
  return flags;
}
