import { DAY, HOUR } from '#libs/contracts';
import { SeededRandom } from '../random.js';
import { crackFaults, gnssFaults, jumps, outages, readAxis } from './instruments.js';
import { logUniform, motion, uniform, type Motion, type MotionName } from './motion.js';
import { rainOf, rainResponse, type Rain } from './weather.js';

/** What a site is drawn to be: it fails; it stands (creep, seasons, steps); or it accelerates, and is arrested. */
export type SiteFamily = 'failing' | 'standing' | 'crisis';

export interface SiteSample {
  deviceId: string;
  channel: string;
  /** epoch ms */
  time: number;
  value: number;
}

/** A slope nobody has: two GNSS receivers, a crack meter and a rain gauge, hourly. */
export interface Site {
  number: number;
  family: SiteFamily;
  motion: Motion;
  material: 'soil' | 'rock';
  mainSlideDirection: number;
  /** Seconds. */
  devices: { deviceId: string; interval: number }[];
  /** In the order of time. */
  samples: SiteSample[];
  from: number;
  to: number;
  /** epoch ms; null where it never fails, is never arrested. */
  failure: number | null;
  arrest: number | null;
}

export interface SiteOptions {
  /** Multiplies all noise of all instruments (not outages, spikes and jumps). */
  noise?: number;
  seed?: number;
  /** Draw this motion instead of the one that is the site's turn. */
  motion?: MotionName;
}

/** Records begin here; any time would do. */
const epoch = Date.UTC(2025, 2, 1);
/** Days a record goes on where nothing ends it: so many that what happens in it has time to be withdrawn. */
const days = 110;
const standing: readonly MotionName[] = ['creep', 'seasonal', 'step'];
/** A third fail, a third stand, a third have a crisis. */
const motionOf = (number: number): MotionName =>
  ['failure' as const, standing[Math.floor(number / 3) % 3] ?? 'creep', 'crisis' as const][number % 3] ?? 'creep';

/**
 * Site `number` of a county that doesn't exist: a third fail, a third stand, a third have a crisis. Pure: the same number, seed and noise give the same
 * site, and its motion, rain, outages and jumps are the same under another noise.
 */
export function simulatedSite(number: number, { noise = 1, seed = 1, motion: wanted }: SiteOptions = {}): Site {
  const root = new SeededRandom(Math.imul(seed, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b));
  const branch = () => new SeededRandom(Math.floor(root.next() * 2 ** 32));
  const moving = motion(wanted ?? motionOf(number), branch());
  const hours = Math.floor((moving.fails ?? days) * 24);
  const rain = rainOf(hours, branch());
  const place = branch();
  const direction = Math.round(place.next() * 359);
  const material = place.next() < 0.5 ? 'soil' : 'rock';
  const truth = truthOf(moving, rain, hours, place);
  const samples = [
    ...['G1', 'G2'].flatMap((deviceId) => gnss(deviceId, truth, { hours, direction, noise }, branch())),
    ...crack('L1', truth, { hours, noise }, branch()),
    ...gauge('R1', rain, branch()),
  ].toSorted((a, b) => a.time - b.time);
  const at = (day: number | undefined) => (day === undefined ? null : epoch + day * DAY);
  return {
    number,
    family: moving.fails !== undefined ? 'failing' : moving.turns ? 'crisis' : 'standing',
    motion: moving,
    material,
    mainSlideDirection: direction,
    devices: ['G1', 'G2', 'L1', 'R1'].map((deviceId) => ({ deviceId, interval: 3600 })),
    samples,
    from: epoch,
    to: epoch + hours * HOUR,
    failure: at(moving.fails),
    arrest: at(moving.turns?.day),
  };
}

/** Displacement at each hour: the motion, a slow wander, and what rain adds. */
function truthOf(moving: Motion, rain: Rain, hours: number, random: SeededRandom): Float64Array {
  const truth = new Float64Array(hours);
  if (moving.name === 'still') return truth;
  const response = rainResponse(rain, logUniform(random, 0.2, 5), uniform(random, 0.5, 3));
  let wander = 0;
  for (let hour = 0; hour < hours; hour += 1) {
    // 0.2 mm in the root of a day: creep is nowhere a straight line.
    wander += random.normal(0.2 / Math.sqrt(24));
    truth[hour] = moving.at(hour / 24) + (response[hour] ?? 0) + wander;
  }
  return truth;
}

function gnss(deviceId: string, truth: Float64Array, place: { hours: number; direction: number; noise: number }, random: SeededRandom) {
  const { hours, direction, noise } = place;
  // Where the receiver stands: another part of the slope, that moves less; and it has been there for a while.
  const share = uniform(random, 0.6, 1);
  const before = uniform(random, 0, 200);
  const faults = gnssFaults(random, noise);
  const dark = outages(hours, random);
  const knocked = jumps(hours, random);
  const along = (hour: number) => before + share * (truth[hour] ?? 0) + (knocked[hour] ?? 0);
  const angle = (direction * Math.PI) / 180;
  const north = readAxis((hour) => along(hour) * Math.cos(angle), hours, faults, 0.1, random);
  const east = readAxis((hour) => along(hour) * Math.sin(angle), hours, faults, 0.1, random);
  return [...series(deviceId, 'L1_GP_1.gpsTotalX', north, dark), ...series(deviceId, 'L1_GP_1.gpsTotalY', east, dark)];
}

function crack(deviceId: string, truth: Float64Array, { hours, noise }: { hours: number; noise: number }, random: SeededRandom) {
  const share = uniform(random, 0.4, 0.9);
  const faults = crackFaults(random, noise);
  const dark = outages(hours, random);
  const reset = jumps(hours, random);
  const opening = readAxis((hour) => share * (truth[hour] ?? 0) + (reset[hour] ?? 0), hours, faults, 0.01, random);
  return series(deviceId, 'L1_LF_1', opening, dark);
}

/** A gauge that tips every half millimetre and reports what has fallen since its last report. */
function gauge(deviceId: string, rain: Rain, random: SeededRandom) {
  const dark = outages(rain.length, random);
  const tips = new Float64Array(rain.length);
  let held = 0;
  for (let hour = 0; hour < rain.length; hour += 1) {
    held += rain[hour] ?? 0;
    if (dark[hour] === 1) continue;
    tips[hour] = Math.floor(held / 0.5) * 0.5;
    held -= tips[hour] ?? 0;
  }
  return series(deviceId, 'L3_YL_1', tips, dark);
}

function series(deviceId: string, channel: string, values: Float64Array, dark: Uint8Array): SiteSample[] {
  const samples: SiteSample[] = [];
  for (const [hour, value] of values.entries()) if (dark[hour] !== 1) samples.push({ deviceId, channel, time: epoch + hour * HOUR, value });
  return samples;
}
