import type { SeededRandom } from '../random.js';
import { logUniform, uniform } from './motion.js';

/** One axis of an instrument as it is read: the truth, and all that is wrong with it. */
export interface AxisFaults {
  /** White noise, standard deviation, mm. */
  white: number;
  /** Noise that remembers (troposphere, multipath): standard deviation, mm, and what of it is left after an hour. */
  coloured: number;
  memory: number;
  /** Daily wave of temperature, amplitude, mm. */
  daily: number;
}

/** Hours an instrument sent nothing: one outage in twenty days on average, of 3 to 48 hours. */
export function outages(hours: number, random: SeededRandom): Uint8Array {
  const dark = new Uint8Array(hours);
  let hour = 0;
  for (;;) {
    hour += Math.ceil(-Math.log(1 - random.next()) * 20 * 24);
    if (hour >= hours) return dark;
    const length = Math.round(logUniform(random, 3, 48));
    dark.fill(1, hour, hour + length);
    hour += length;
  }
}

/** Offsets since a jump of the instrument (an antenna knocked, a crack meter set anew), mm at each hour: one in 120 days on average, 5 to 60 mm either way. */
export function jumps(hours: number, random: SeededRandom): Float64Array {
  const offset = new Float64Array(hours);
  let hour = 0;
  for (;;) {
    hour += Math.ceil(-Math.log(1 - random.next()) * 120 * 24);
    if (hour >= hours) return offset;
    const size = logUniform(random, 5, 60) * (random.next() < 0.5 ? -1 : 1);
    for (let at = hour; at < hours; at += 1) offset[at] = (offset[at] ?? 0) + size;
  }
}

/** Share of samples that are a spike. */
const spikes = 0.001;

/** Reads the truth of each hour through an instrument's faults, rounded to what it resolves. */
export function readAxis(truth: (hour: number) => number, hours: number, faults: AxisFaults, resolution: number, random: SeededRandom) {
  const seen = new Float64Array(hours);
  const phase = random.next() * 2 * Math.PI;
  const fresh = faults.coloured * Math.sqrt(1 - faults.memory ** 2);
  let coloured = random.normal(faults.coloured);
  for (let hour = 0; hour < hours; hour += 1) {
    coloured = faults.memory * coloured + random.normal(fresh);
    const wave = faults.daily * Math.sin((2 * Math.PI * hour) / 24 + phase);
    const spike = random.next() < spikes ? uniform(random, 20, 200) * (random.next() < 0.5 ? -1 : 1) : 0;
    const value = truth(hour) + random.normal(faults.white) + coloured + wave + spike;
    seen[hour] = Math.round(value / resolution) * resolution;
  }
  return seen;
}

/** GNSS of the inexpensive kind, hourly solutions: 1–2 mm of white noise and half as much that lasts for hours. @param noise multiplies it */
export const gnssFaults = (random: SeededRandom, noise: number): AxisFaults => {
  const white = uniform(random, 1, 2) * noise;
  return { white, coloured: white / 2, memory: 0.9, daily: uniform(random, 0, 0.5) * noise };
};

/** A crack meter: 0.05–0.1 mm, and a daily wave of temperature of up to 0.3 mm. */
export const crackFaults = (random: SeededRandom, noise: number): AxisFaults => ({
  white: uniform(random, 0.05, 0.1) * noise,
  coloured: 0,
  memory: 0,
  daily: uniform(random, 0, 0.3) * noise,
});
