import { DAY, MINUTE, SECOND, type ProfileField, type QualityFlag, type Sample } from '#libs/contracts';
import type { ChannelMemory } from './channel-memory.js';
import type { DeviceMemory } from './device-memory.js';
import { isBaselineReset, isNewEpoch, isNewZero, isTotalReset } from './reset.js';
import { isSpike } from './spike.js';

/** contract.md, MQTT: late is behind receive time by more than the larger of 5 minutes and two upload intervals. */
export const lateAfterMs = (intervalSeconds: number): number => Math.max(5 * MINUTE, 2 * intervalSeconds * SECOND);

/**
 * A device that says a time so long before it was registered has lost its clock (2000, 2006, 2010 are what clocks start with;
 * a GPS week that rolled over is 19.6 years back). Less: an old logger, registered late, that sends its years of history would
 * not be judged. More: a clock that starts in 2015 would be believed.
 */
const OLDEST_HISTORY_MS = 10 * 365 * DAY;
export const earliestOf = (createdAt: number): number => createdAt - OLDEST_HISTORY_MS;

/** Upload intervals of silence after which what was usual says nothing any more: a day of hourly samples. */
const FORGET_AFTER_INTERVALS = 24;
/** @param intervalSeconds upload interval of the device */
export const isLongSilence = (before: number, time: number, intervalSeconds: number): boolean =>
  time - before > FORGET_AFTER_INTERVALS * intervalSeconds * SECOND;

/** What of the device itself makes its readings less trustworthy: the battery that feeds it is low; somebody works on it. */
export interface Trust {
  low: boolean;
  maintenance: boolean;
}

/**
 * Quality flags of one sample (domain.md §2.3), in the order of `qualityFlags`. The raw value is stored beside them, never
 * changed. Flags that look back (reset, spike, stuck) are found in device time: a sample older than the newest of its channel
 * is not compared, one that comes again gets the same answer.
 *
 * @param time   device time, or the stamp
 * @param device as this packet found it
 */
export function flag(
  { channel, field, value, time: sent, quality }: Sample,
  time: number,
  device: DeviceMemory,
  trust: Trust,
): QualityFlag[] {
  const flags: QualityFlag[] = [];
  const inRange = value >= field.range[0] && value <= field.range[1];
  if (!inRange) flags.push('range');
  if (time < device.earliest) flags.push('clock');
  // A value outside the range, or at a wrong time, is no base to compare the next one with.
  else if (inRange) compare(channel, field, time, value, device.channel(channel), device, flags);
  if (sent === null) flags.push('time-by-server');
  else if (device.now - time > lateAfterMs(device.device?.interval ?? 0)) flags.push('late');
  if (quality) for (const known of quality) if (!flags.includes(known)) flags.push(known);
  if (trust.maintenance) flags.push('maintenance');
  if (trust.low) flags.push('low-battery');
  if (device.device?.synthetic) flags.push('synthetic');
  return flags;
}

function compare(
  channel: string,
  field: ProfileField,
  time: number,
  value: number,
  memory: ChannelMemory | undefined,
  device: DeviceMemory,
  flags: QualityFlag[],
): void {
  if (!memory) return;
  const before = memory.lastTime;
  if (time <= before) {
    const at = memory.find(time, value);
    if (at >= 0) memory.repeat(at, flags);
    return;
  }
  const interval = device.device?.interval ?? 0;
  if (isLongSilence(before, time, interval)) memory.fresh = 0;
  const reset = isReset(channel, field, time, value, memory, device);
  if (reset) memory.fresh = 0;
  const spike =
    !reset && field.accuracy !== undefined && !field.accumulator && field.spike !== false && isSpike(memory, value, field.accuracy);
  memory.run = value === memory.lastValue ? memory.run + 1 : 1;
  memory.fresh += 1;
  const stuck = field.stuckAfter !== undefined && !field.accumulator && memory.run >= field.stuckAfter;
  memory.add(time, value, spike, stuck, reset);
  if (reset) flags.push('reset');
  if (spike) flags.push('spike');
  if (stuck) flags.push('stuck');
}

function isReset(
  channel: string,
  field: ProfileField,
  time: number,
  value: number,
  memory: ChannelMemory,
  { device }: DeviceMemory,
): boolean {
  // A zero set on purpose is known: no guess from values is needed, whatever the field.
  if (device?.zeros && isNewZero(device.zeros, channel, memory.lastTime, time)) return true;
  if (field.accumulator) return isTotalReset(memory, value);
  if (!field.baseline) return false;
  if (device?.baselines && isNewEpoch(device.baselines, memory.lastTime, time)) return true;
  return field.accuracy !== undefined && isBaselineReset(memory, value, field.accuracy);
}
