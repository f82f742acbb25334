import type { Sample } from '../filter.js';
import type { Keeper } from '../../keep/keeper.js';
import { median } from './median.js';

/** Samples before a jump it is judged by, at most and at least. Fewer: two that happen to agree make a level; more: it costs, and a bend in the motion is taken for noise. */
const most = 15;
const least = 5;
/** Samples after it at which it is looked at: four show a large one before it bends a rate, eight also one within some noise. */
const looks = [4, 6, 8] as const;
/** A jump comes between two samples that follow each other as usual; what happened in a gap nobody saw, and motion is more likely. */
const usualGap = 3;
/** MAD × this = one standard deviation of a normal distribution. */
const madToSigma = 1.4826;

/** The level of a series before `at` and from `at` on differ by `size`, and neither side moves. */
export interface Jump {
  at: number;
  /** Channel unit; what the motion before would have made until then is not in it. */
  size: number;
  /** Level after it. */
  level: number;
  /** One standard deviation of the samples before, no less than the instrument's. */
  noise: number;
  /** Samples from `at` on. */
  since: Sample[];
}

export interface JumpOptions {
  /** How far back the level before is looked at, ms. */
  settle: number;
  /** Smallest standard deviation that is believed, channel unit; 0: that of the samples alone. */
  noise: number;
  /** Standard deviations that make a jump. */
  sigma: number;
  /** Smallest jump that is one, channel unit. */
  least: number;
}

/**
 * Finds jumps of a series: the median of the samples after two neighbours and that of the samples before them differ by `sigma` standard
 * deviations and by four times what the motion before made in one interval, at least half of it lies between the two neighbours, and the samples after
 * do not go on moving. One that looks back over at most `settle` and keeps 23 samples. Times must rise.
 *
 * Fails by: several spikes in a row (clean them first), a jump in an outage (is motion), one smaller than `sigma` deviations (is motion, and slow).
 */
export class JumpFinder {
  readonly #samples: Sample[] = [];
  #foundAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly options: JumpOptions) {}

  /** @returns the jump this sample has shown, if it has */
  feed(time: number, value: number): Jump | undefined {
    this.#samples.push([time, value]);
    if (this.#samples.length > most + looks[2]) this.#samples.shift();
    for (const after of looks) {
      const jump = this.#look(this.#samples.length - after);
      if (jump) {
        this.#foundAt = jump.at;
        return jump;
      }
    }
    return undefined;
  }

  #look(split: number): Jump | undefined {
    const first = this.#samples[split];
    const last = this.#samples[split - 1];
    if (!first || !last || split < least || first[0] <= this.#foundAt) return undefined;
    const [at, value] = first;
    // Nearly every sample ends here.
    const { settle, noise: floor, sigma, least: smallest } = this.options;
    const abrupt = Math.abs(value - last[1]);
    if (abrupt <= Math.max(sigma * floor, smallest) / 2 || (floor === 0 && this.#isUsual(abrupt, split))) return undefined;
    const before = this.#samples
      .slice(Math.max(0, split - most), split)
      .filter(([time]) => last[0] - time <= settle && time >= this.#foundAt);
    const usual = (last[0] - (before[0] as Sample)[0]) / (before.length - 1);
    if (before.length < least || at - last[0] > usualGap * usual) return undefined;
    const noise = Math.max(floor, noiseOf(before));
    const since = this.#samples.slice(split);
    const rate = rateOf(before, noise);
    const level = middle(since);
    const own = level - middle(before) - rate * (middleTime(since) - middleTime(before));
    const size = Math.abs(own);
    // Four samples are known half as well as fifteen, and a noise nobody has stated may be larger than it looks.
    const sure = (since.length > looks[0] ? 1 : 1.25) * (floor === 0 ? 1.5 : 1);
    const isClear = noise > 0 && size >= Math.max(sure * sigma * noise, smallest) && size > 4 * Math.abs(rate) * (at - last[0]);
    const isAbrupt = (value - last[1]) * Math.sign(own) >= size / 2;
    if (!isClear || !isAbrupt) return undefined;
    const half = since.length / 2;
    const goesOn = (middle(since.slice(half)) - middle(since.slice(0, half))) * Math.sign(own);
    return goesOn > Math.max(size / 4, 2 * noise) ? undefined : { at, size: own, level, noise, since };
  }

  /** One of the three steps before it was as large. */
  #isUsual(abrupt: number, split: number): boolean {
    for (let at = split - 1; at > split - 4; at -= 1)
      if (Math.abs((this.#samples[at] as Sample)[1] - (this.#samples[at - 1] as Sample)[1]) >= abrupt) return true;
    return false;
  }

  keep(k: Keeper): void {
    const samples = keepSamples(k, this.#samples);
    this.#samples.splice(0, this.#samples.length, ...samples);
    this.#foundAt = k.number(this.#foundAt);
  }
}

/** Keeps samples. @returns them, or those that were kept */
export const keepSamples = (k: Keeper, samples: readonly Sample[]): Sample[] =>
  Array.from({ length: k.count(samples.length) }, (_, at): Sample => [k.number(samples[at]?.[0] ?? 0), k.number(samples[at]?.[1] ?? 0)]);

const middle = (samples: readonly Sample[]): number => median(samples.map(([, value]) => value));
const middleTime = (samples: readonly Sample[]): number => median(samples.map(([time]) => time));

/**
 * Noise from neighbouring differences, in which motion is not, or from the spread about the middle, in which noise that lasts for hours is: the greater. Either alone
 * is half of the truth in one stretch of fifteen samples out of twenty, and what is jumps then is noise.
 */
function noiseOf(samples: readonly Sample[]): number {
  const level = middle(samples);
  const spread = madToSigma * median(samples.map(([, value]) => Math.abs(value - level)));
  const steps = samples.slice(1).map(([, value], at) => value - (samples[at] as Sample)[1]);
  const usual = median(steps);
  return Math.max(spread, (madToSigma * median(steps.map((one) => Math.abs(one - usual)))) / Math.SQRT2);
}

/** Least-squares rate, value a ms; 0 where it is within four times its own error: what is noise moves nothing. */
function rateOf(samples: readonly Sample[], noise: number): number {
  const origin = (samples[0] as Sample)[0];
  const meanTime = samples.reduce((sum, [time]) => sum + time - origin, 0) / samples.length;
  const meanValue = samples.reduce((sum, [, value]) => sum + value, 0) / samples.length;
  let square = 0;
  let product = 0;
  for (const [time, value] of samples) {
    square += (time - origin - meanTime) ** 2;
    product += (time - origin - meanTime) * (value - meanValue);
  }
  const rate = product / square;
  return Math.abs(rate) > (4 * noise) / Math.sqrt(square) ? rate : 0;
}
