import type { ProfileField } from '#libs/contracts';
import type { DeviceMemory } from './device-memory.js';
import { isLongSilence } from './flag.js';
import type { PrimingReading } from '../ports.js';

/** Puts a stored reading back where flagging it had put it. What the window no longer holds (a long run of one value) is taken from its flags. @param interval upload interval, s */
export function recall(
  { channel, time, value, quality }: PrimingReading,
  field: ProfileField,
  device: DeviceMemory,
  interval: number,
): void {
  if (field.lowBelow !== undefined) device.charge(time, value, field.lowBelow);
  if (quality.includes('range') || quality.includes('clock')) return;
  const memory = device.channel(channel);
  if (!memory || time <= memory.lastTime) return;
  const reset = quality.includes('reset');
  const stuck = quality.includes('stuck');
  memory.run = value === memory.lastValue ? memory.run + 1 : 1;
  if (stuck && field.stuckAfter !== undefined) memory.run = Math.max(memory.run, field.stuckAfter);
  memory.fresh = reset || isLongSilence(memory.lastTime, time, interval) ? 1 : memory.fresh + 1;
  memory.add(time, value, quality.includes('spike'), stuck, reset);
}
