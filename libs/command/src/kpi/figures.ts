import { DAY, SECOND, type KpiFigures } from '#libs/contracts';
import { dayStart } from './civil-day.js';

/** One device as its rates need it. All times are on the clock of its point, epoch ms. */
export interface MeasuredDevice {
  /** Oldest first; the first begins with the registration. */
  intervals: readonly { from: number; seconds: number }[];
  /** Nothing is due after this: now, or when its point was closed. */
  until: number;
  /** Samples by civil day. */
  samples: ReadonlyMap<number, number>;
  commands: number;
  commandsSucceeded: number;
}

/** Samples due in [from, to), each part at the interval in force then. Not rounded: an interval of three days is due a third a day. */
export function samplesDue(intervals: MeasuredDevice['intervals'], from: number, to: number): number {
  let due = 0;
  intervals.forEach((interval, i) => {
    const start = Math.max(from, interval.from);
    const end = Math.min(to, intervals[i + 1]?.from ?? to);
    if (end > start) due += (end - start) / (interval.seconds * SECOND);
  });
  return due;
}

/** Sums of parts of a second: 24 h at 1 h are 24 samples, not 23.999…. */
export const wholeSamples = (samples: number): number => Math.floor(samples + 1e-6);

/**
 * The figures of one device over the civil days [fromDay, toDay]. What comes more often than it is due counts as much as was due that
 * day: a day of dense samples must not hide a day of silence.
 */
export function deviceFigures(device: MeasuredDevice, fromDay: number, toDay: number): Counted {
  const began = device.intervals[0]?.from ?? Infinity;
  let dueDays = 0;
  let onlineDays = 0;
  let due = 0;
  let received = 0;
  for (let day = fromDay; day <= toDay; day += 1) {
    const start = Math.max(dayStart(day), began);
    const end = Math.min(dayStart(day + 1), device.until);
    if (end <= start) continue;
    const dueToday = samplesDue(device.intervals, start, end);
    const samples = device.samples.get(day) ?? 0;
    due += dueToday;
    received += Math.min(samples, Math.ceil(dueToday - 1e-6));
    // The day it was registered and today are due once a sample was.
    const isWhole = end - start >= DAY;
    if (!isWhole && dueToday < 1 && samples === 0) continue;
    dueDays += 1;
    if (samples > 0 || isCovered(device, day, end)) onlineDays += 1;
  }
  const expected = wholeSamples(due);
  return {
    dueDays,
    onlineDays,
    expected,
    received: Math.min(received, expected),
    commands: device.commands,
    commandsSucceeded: device.commandsSucceeded,
  };
}

/** A device that reports every three days is online on the two between, if it reported within its interval before their end. */
function isCovered(device: MeasuredDevice, day: number, end: number): boolean {
  const seconds = device.intervals.findLast(({ from }) => from < end)?.seconds ?? 0;
  for (let back = 1; back < Math.ceil((seconds * SECOND) / DAY); back += 1) if ((device.samples.get(day - back) ?? 0) > 0) return true;
  return false;
}

export type Counted = Omit<KpiFigures, 'onlineRate' | 'transmissionRate' | 'commandCompletionRate'>;

const nothing: Counted = { dueDays: 0, onlineDays: 0, expected: 0, received: 0, commands: 0, commandsSucceeded: 0 };

/** Several devices together: sums of what was due and what came, never a mean of rates. */
export function together(parts: Iterable<Counted>): KpiFigures {
  const sum = { ...nothing };
  for (const part of parts) for (const key of Object.keys(nothing) as (keyof Counted)[]) sum[key] += part[key];
  return {
    ...sum,
    onlineRate: rate(sum.onlineDays, sum.dueDays),
    transmissionRate: rate(sum.received, sum.expected),
    commandCompletionRate: rate(sum.commandsSucceeded, sum.commands),
  };
}

const rate = (part: number, of: number): number | null => (of === 0 ? null : part / of);
