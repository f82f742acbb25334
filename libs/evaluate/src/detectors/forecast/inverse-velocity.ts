/** A failure time and its 95 % interval, in the unit and from the origin of the times given. */
export interface Forecast {
  lower: number;
  centre: number;
  upper: number;
}

/** Student's t, 97.5 %, by degrees of freedom from 1 (scipy.stats.t.ppf). */
const studentT = [
  12.7062047, 4.3026527, 3.1824463, 2.7764451, 2.5705818, 2.4469119, 2.3646243, 2.3060041, 2.2621572, 2.2281389, 2.2009852, 2.1788128,
  2.1603687, 2.1447867, 2.1314495, 2.1199053, 2.1098156, 2.100922, 2.0930241, 2.0859634, 2.0796138, 2.0738731, 2.0686576, 2.0638986,
  2.0595386, 2.0555294, 2.0518305, 2.0484071, 2.0452296, 2.0422725, 2.0395134, 2.0369333, 2.0345153, 2.0322445, 2.0301079, 2.028094,
  2.0261925, 2.0243942, 2.0226909, 2.0210754,
];

/**
 * Where the inverse velocity reaches zero (Fukuzono 1985; Voight 1988 with α = 2: 1/v = A·(Tf − t)): least squares of y = 1/v on t, Tf = −b/a, and
 * Fieller's 95 % interval of that ratio (Fieller 1954), which unlike the delta method says so when the data bound nothing.
 * Honest only for velocities of blocks that do not overlap and lie inside the acceleration (algorithms.md §2.1).
 * @param times centres of the blocks
 * @param rates their velocities; as many as times, 3 to 42
 * @returns null when a velocity is not above 0, or 1/v does not fall significantly: the interval is then unbounded
 */
export function fukuzono(times: readonly number[], rates: readonly number[]): Forecast | null {
  const n = times.length;
  const q = studentT[n - 3];
  if (q === undefined || n !== rates.length || rates.some((rate) => rate <= 0)) return null;
  const meanTime = mean(times);
  const inverse = rates.map((rate) => 1 / rate);
  const meanInverse = mean(inverse);
  let stt = 0;
  let sty = 0;
  for (const [at, time] of times.entries()) {
    stt += (time - meanTime) ** 2;
    sty += (time - meanTime) * ((inverse[at] as number) - meanInverse);
  }
  const a = sty / stt;
  const b = meanInverse - a * meanTime;
  const residual = times.reduce((sum, time, at) => sum + ((inverse[at] as number) - a * time - b) ** 2, 0) / (n - 2);
  const centre = -b / a;
  // Fieller's quadratic about the centre, where nothing cancels: a²·d² = q²s²·(1/n + (d + centre − mean)²/stt), d being the way from the centre.
  const g = (q * q * residual) / stt;
  const square = a * a - g;
  if (a >= 0 || square <= 0) return null;
  const way = centre - meanTime;
  const root = Math.sqrt((g * way) ** 2 + square * g * (way ** 2 + stt / n));
  return { lower: centre + (g * way - root) / square, centre, upper: centre + (g * way + root) / square };
}

const mean = (numbers: readonly number[]): number => numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
