import type { SeededRandom } from '../random.js';

/** How a slope moves, as nobody can measure it. Times in days from the beginning of the record, displacements in mm along the slide. */
export interface Motion {
  name: MotionName;
  /** Displacement since the beginning, mm. */
  at(day: number): number;
  /** Day the slope fails; undefined for one that stands. */
  fails?: number;
  /** Day an acceleration is arrested, and the rate it had reached, mm/d. */
  turns?: { day: number; peak: number };
  /** Rate without any acceleration, mm/d. */
  creep: number;
  /** What was drawn, for whoever looks at one site. */
  drawn: Readonly<Record<string, number>>;
}

export type MotionName = 'failure' | 'crisis' | 'creep' | 'seasonal' | 'step' | 'still';

/** Uniform on a logarithmic scale: what spans decades has no typical value. */
export const logUniform = (random: SeededRandom, from: number, to: number): number => from * (to / from) ** random.next();
export const uniform = (random: SeededRandom, from: number, to: number): number => from + (to - from) * random.next();

/**
 * Tertiary creep after Voight (1988), dv/dt = A·v^α: v = v1·τ^(−1/(α−1)), τ days before failure, v1 the rate one day before. From the onset on
 * what exceeds its value there is added to the creep: no jump in the rate, and no acceleration before it (a series without an onset approves settings that
 * are dangerous on a real one, algorithms.md §2.1).
 * α 1.7–2.2 covers what was back-calculated for slopes. v1 10–200 mm/d: Preonzo 2012 had some 20, Vajont 1963 some 200; below 10 a slope fails in
 * a brittle way that no rate announces.
 */
function acceleration(random: SeededRandom) {
  const alpha = uniform(random, 1.7, 2.2);
  const rateADayBefore = logUniform(random, 10, 200);
  const onsetBefore = logUniform(random, 4, 25);
  const p = 1 / (alpha - 1);
  const atOnset = onsetBefore ** -p;
  /** ∫ τ^−p from `left` to the onset. */
  const integral = (left: number) =>
    Math.abs(1 - p) < 1e-9 ? Math.log(onsetBefore / left) : (onsetBefore ** (1 - p) - left ** (1 - p)) / (1 - p);
  return {
    drawn: { alpha, rateADayBefore, onsetBefore },
    onsetBefore,
    rate: (left: number) => (left >= onsetBefore ? 0 : rateADayBefore * (left ** -p - atOnset)),
    moved: (left: number) => (left >= onsetBefore ? 0 : rateADayBefore * (integral(left) - atOnset * (onsetBefore - left))),
  };
}

/** Creep of a slope that is monitored for a reason, mm/d: 7 to 550 mm a year. */
const creepOf = (random: SeededRandom) => logUniform(random, 0.02, 1.5);

function failure(random: SeededRandom): Motion {
  const creep = creepOf(random);
  const { drawn, onsetBefore, moved } = acceleration(random);
  // Long enough before the onset for a point to know its own rate.
  const fails = uniform(random, 25, 60) + onsetBefore;
  return { name: 'failure', creep, fails, drawn, at: (day) => creep * day + moved(Math.max(fails - day, 1e-3)) };
}

/** As a failure, until it is arrested `left` days before; from there its rate decays. Preonzo had two such crises before it failed. */
function crisis(random: SeededRandom): Motion {
  const creep = creepOf(random);
  const { drawn, onsetBefore, rate, moved } = acceleration(random);
  const left = logUniform(random, 0.7, 0.4 * onsetBefore);
  const decay = uniform(random, 0.25, 1.5);
  const turns = uniform(random, 25, 60) + onsetBefore - left;
  const peak = rate(left);
  const at = (day: number) =>
    creep * day + (day <= turns ? moved(turns + left - day) : moved(left) + peak * decay * (1 - Math.exp((turns - day) / decay)));
  return { name: 'crisis', creep, turns: { day: turns, peak: peak + creep }, drawn: { ...drawn, left, decay }, at };
}

const steady = (random: SeededRandom): Motion => {
  const creep = creepOf(random);
  return { name: 'creep', creep, drawn: {}, at: (day) => creep * day };
};

/** A yearly swing on top of the creep; where in the year the record begins is drawn. */
function seasonal(random: SeededRandom): Motion {
  const creep = creepOf(random);
  const amplitude = uniform(random, 2, 15);
  const phase = random.next();
  const swing = (day: number) => amplitude * Math.sin(2 * Math.PI * (day / 365.25 + phase));
  return { name: 'seasonal', creep, drawn: { amplitude, phase }, at: (day) => creep * day + swing(day) - swing(0) };
}

/** One step of a reservoir slope, as each June in the Three Gorges: 20–80 mm, 10 to 90 % of it in 6–30 days (Baijiabao 2018: 48 mm in 10). */
function step(random: SeededRandom): Motion {
  const creep = creepOf(random);
  const size = uniform(random, 20, 80);
  const duration = uniform(random, 6, 30);
  const middle = uniform(random, 40, 70);
  // A logistic curve goes from 10 to 90 % in 2·ln 9 of its widths.
  const width = duration / (2 * Math.log(9));
  const risen = (day: number) => size / (1 + Math.exp((middle - day) / width));
  return { name: 'step', creep, drawn: { size, duration, middle }, at: (day) => creep * day + risen(day) - risen(0) };
}

/** Rock that does not move at all: what is seen of it is noise. */
const still = (): Motion => ({ name: 'still', creep: 0, drawn: {}, at: () => 0 });

const makers: Record<MotionName, (random: SeededRandom) => Motion> = { failure, crisis, creep: steady, seasonal, step, still };

/** A motion of the kind asked for; the same random numbers give the same motion. */
export const motion = (name: MotionName, random: SeededRandom): Motion => makers[name](random);
