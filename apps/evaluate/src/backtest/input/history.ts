import type { StoredReading } from '#libs/contracts';

/** What was read and not judged, or judged with a reserve. Nothing of the input is lost in silence. */
export interface InputReport {
  /** Lines that are no reading, by reason, and the first of them. */
  bad: { count: number; byReason: Record<string, number>; first: { line: number; why: string; text: string }[] };
  /** Same device, channel and time once more: the first stands. */
  duplicates: number;
  /** The readings were not in the order of their time and have been sorted. */
  sorted: boolean;
  /** Readings that arrived late (only where the input says when each arrived). */
  late: number;
  /** Devices with their upload interval, seconds; `given` by the point, else measured in the input. */
  devices: { deviceId: string; interval: number; given: boolean }[];
  channels: string[];
}

/** A history of one point, ready to be judged. */
export interface History {
  report: InputReport;
  /** Device times of the first and the last reading, epoch ms; for scales, not for judging. */
  from: number;
  to: number;
  /** Readings in the order they arrived, `seq` from 1. Objects are used again: keep none beyond its batch. */
  batches(): AsyncIterable<readonly StoredReading[]> | Iterable<readonly StoredReading[]>;
}

/** Readings judged at a time. More costs memory and makes progress jerk; fewer pays for a promise too often. */
export const batchSize = 4_096;
