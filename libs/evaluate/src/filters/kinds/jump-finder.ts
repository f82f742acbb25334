import type { Keeper } from '../../keep/keeper.js';
import { NewestSamples } from '../../samples/newest-samples.js';
import type { Sample } from '../filter.js';
import { median, medianDistance, middleOf } from './median.js';

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
  readonly at: number;
  /** Channel unit; what the motion before would have made until then is not in it. */
  readonly size: number;
  /** Level after it. */
  readonly level: number;
  /** One standard deviation of the samples before, no less than the instrument's. */
  readonly noise: number;
  /** Samples from `at` on. */
  readonly since: readonly Sample[];
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
  readonly #samples = new NewestSamples(most + looks[2]);
  #newest = Number.NEGATIVE_INFINITY;
  #found: Jump | undefined;
  #foundAt = Number.NEGATIVE_INFINITY;
  /** A step between two neighbours no larger than this is none, channel unit. */
  readonly #small: number;

  constructor(private readonly options: JumpOptions) {
    this.#small = Math.max(options.sigma * options.noise, options.least) / 2;
  }

  /** @returns the jump this sample has shown, if it has; the same again when several ask in turn about the newest one */
  feed(time: number, value: number): Jump | undefined {
    if (time === this.#newest) return this.#found;
    this.#newest = time;
    this.#samples.push(time, value);
    this.#found = undefined;
    for (const after of looks) {
      this.#found = this.#look(this.#samples.end - after);
      if (!this.#found) continue;
      this.#foundAt = this.#found.at;
      break;
    }
    return this.#found;
  }

  /** @param split place of the first sample after the jump that may be there */
  #look(split: number): Jump | undefined {
    const { times, values, from: first, end } = this.#samples;
    if (split - first < least) return undefined;
    const at = times[split] as number;
    const value = values[split] as number;
    const before = values[split - 1] as number;
    const abrupt = Math.abs(value - before);
    // Nearly every sample ends here.
    if (abrupt <= this.#small || at <= this.#foundAt) return undefined;
    const { settle, noise: floor, sigma, least: smallest } = this.options;
    if (floor === 0 && this.#isUsual(abrupt, split)) return undefined;
    const last = times[split - 1] as number;
    let from = Math.max(first, split - most);
    while (from < split && (last - (times[from] as number) > settle || (times[from] as number) < this.#foundAt)) from += 1;
    const usual = (last - (times[from] as number)) / (split - from - 1);
    if (split - from < least || at - last > usualGap * usual) return undefined;
    const noise = Math.max(floor, noiseOf(values, from, split));
    const rate = rateOf(times, values, from, split, noise);
    const level = median(values, split, end);
    const own = level - median(values, from, split) - rate * (middleOf(times, split, end) - middleOf(times, from, split));
    const size = Math.abs(own);
    // Four samples are known half as well as fifteen, and a noise nobody has stated may be larger than it looks.
    const sure = (end - split > looks[0] ? 1 : 1.25) * (floor === 0 ? 1.5 : 1);
    const isClear = noise > 0 && size >= Math.max(sure * sigma * noise, smallest) && size > 4 * Math.abs(rate) * (at - last);
    const isAbrupt = (value - before) * Math.sign(own) >= size / 2;
    if (!isClear || !isAbrupt) return undefined;
    const half = split + (end - split) / 2;
    const goesOn = (median(values, half, end) - median(values, split, half)) * Math.sign(own);
    if (goesOn > Math.max(size / 4, 2 * noise)) return undefined;
    const since = Array.from({ length: end - split }, (_, nth): Sample => [times[split + nth] as number, values[split + nth] as number]);
    return { at, size: own, level, noise, since };
  }

  /** One of the three steps before it was as large. */
  #isUsual(abrupt: number, split: number): boolean {
    const { values } = this.#samples;
    for (let at = split - 1; at > split - 4; at -= 1)
      if (Math.abs((values[at] as number) - (values[at - 1] as number)) >= abrupt) return true;
    return false;
  }

  keep(k: Keeper): void {
    this.#samples.keep(k);
    this.#newest = k.number(this.#newest);
    this.#foundAt = k.number(this.#foundAt);
  }
}

/** Working space; the hot path makes no garbage. */
const steps = new Float64Array(most);

/**
 * Noise from neighbouring differences, in which motion is not, or from the spread about the middle, in which noise that lasts for hours is: the greater. Either alone
 * is half of the truth in one stretch of fifteen samples out of twenty, and what is jumps then is noise.
 */
function noiseOf(values: Float64Array, from: number, to: number): number {
  const spread = madToSigma * medianDistance(values, median(values, from, to), from, to);
  const count = to - from - 1;
  for (let at = 0; at < count; at += 1) steps[at] = (values[from + at + 1] as number) - (values[from + at] as number);
  return Math.max(spread, (madToSigma * medianDistance(steps, median(steps, 0, count), 0, count)) / Math.SQRT2);
}

/** Least-squares rate, value a ms; 0 where it is within four times its own error: what is noise moves nothing. */
function rateOf(times: Float64Array, values: Float64Array, from: number, to: number, noise: number): number {
  const origin = times[from] as number;
  let meanTime = 0;
  let meanValue = 0;
  for (let at = from; at < to; at += 1) {
    meanTime = meanTime + (times[at] as number) - origin;
    meanValue += values[at] as number;
  }
  meanTime /= to - from;
  meanValue /= to - from;
  let square = 0;
  let product = 0;
  for (let at = from; at < to; at += 1) {
    const time = (times[at] as number) - origin - meanTime;
    square += time ** 2;
    product += time * ((values[at] as number) - meanValue);
  }
  const rate = product / square;
  return Math.abs(rate) > (4 * noise) / Math.sqrt(square) ? rate : 0;
}
