import { MINUTE, toIso, type DecodeFault, type Sample } from '#libs/contracts';

/**
 * How far ahead of its point's clock a device may be (domain.md §2.3 rule 5). Less: a clock a few minutes fast silences the
 * device. More: one wrong sample in the future holds every sliding window still until real time has caught up with it.
 */
export const CLOCK_AHEAD_MS = 10 * MINUTE;

/** Device times a Date can hold; outside, not even the message about it could be written. */
const CALENDAR_MS = 8.64e15;

/**
 * Why a sample can't become a reading; undefined: it can. Codecs should have caught the first two: this is the border.
 *
 * @param pointNow receive time on the clock of the device's point
 */
export function faultOf({ channel, time, value }: Sample, pointNow: number): DecodeFault | undefined {
  if (!Number.isFinite(value)) return { reason: 'bad-value', detail: `${channel} is no finite number` };
  if (time === null) return undefined;
  if (!Number.isInteger(time) || Math.abs(time) > CALENDAR_MS) return { reason: 'bad-time', detail: `${channel} at ${time} is no time` };
  const ahead = time - pointNow;
  if (ahead <= CLOCK_AHEAD_MS) return undefined;
  return { reason: 'clock-ahead', detail: `${channel} at ${toIso(time)} is ${Math.round(ahead / 1000)} s ahead` };
}
