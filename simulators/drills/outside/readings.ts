import { buildFrame } from '#devices';
import { MINUTE, SECOND, toIso } from '#libs/contracts';

/** What an instrument measured: device time (epoch ms) and value. */
export type Sample = readonly [time: number, value: number];

/** A timed national frame of one channel of one device, of a crack meter unless it is said. */
export const frameOf = (deviceId: string, samples: readonly Sample[], channel = 'L1_LF_1'): Uint8Array =>
  buildFrame(2, { [deviceId]: { [channel]: Object.fromEntries(samples.map(([time, value]) => [toIso(time), value])) } });

/** Half an hour in which a crack did not open. */
export const calm = (now: number): Sample[] => [
  [now - 30 * MINUTE, 0],
  [now - MINUTE, 0.2],
];

/**
 * A crack that has opened by so many mm: the first sample makes a candidate of the acceptance rulebook, the second, more than ten seconds of
 * device time later, confirms it. Red is 40 mm, orange 20.
 */
export const opening = (now: number, mm = 50): [candidate: Sample, confirmed: Sample] => [
  [now - 15 * SECOND, mm],
  [now, mm + 2],
];
