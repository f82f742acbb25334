import { DAY, HOUR } from '#libs/contracts';
import { tidy, type Detector } from './detector.js';

/** More blocks see faster changes and cost more (n²/2 slopes a sample); fewer blur them. 24 makes a one-day window hourly. */
const blocksInWindow = 24;
/** Below a third of the blocks two outliers can make the median slope. Above a half, a lossy link never gets a velocity. */
const fewestBlocks = 8;

/**
 * Velocity: Theil–Sen slope (median of the slopes of all pairs; Theil 1950, Sen 1968) of block medians over a sliding
 * window. Up to 29 % of the blocks may be outliers without moving it, so a spike makes no velocity. Blocks are 1/24 of the window and
 * stand on multiples of their length, so cost a sample is bounded whatever the cadence.
 *
 * Unit: channel unit per `per` (mm → mm/d). Warm-up: `fewestBlocks` blocks that together span half the window, else unknown.
 * For white noise σ on hourly samples the slope's own noise is about σ·√(12/25) per window: 1.4 mm/d for GNSS of ±2 mm over 24 h;
 * thresholds below three times that are noise. Lags real acceleration by about half the window. A step (re-zero) shows as motion for half a window.
 */
export class VelocityDetector implements Detector {
  readonly #length: number;
  readonly #blocks: Block[] = [];
  value: number | null = null;
  readonly partial = false;

  constructor(
    private readonly window: number,
    private readonly per: 'd' | 'h' = 'd',
  ) {
    this.#length = window / blocksInWindow;
  }

  get why() {
    if (this.value !== null) return undefined;
    return this.#blocks.length === 0 ? ('no-data' as const) : ('warming-up' as const);
  }

  feed(time: number, value: number): void {
    const index = Math.floor(time / this.#length);
    const place = this.#blocks.findLastIndex((block) => block.index <= index);
    const found = this.#blocks[place];
    if (found?.index === index) found.add(time, value);
    else this.#blocks.splice(place + 1, 0, new Block(index, time, value));
    const newest = this.#blocks.at(-1)?.latest ?? time;
    while (this.#blocks.length > 0 && newest - (this.#blocks[0]?.latest ?? newest) > this.window) this.#blocks.shift();
    this.value = this.#slope();
  }

  #slope(): number | null {
    const blocks = this.#blocks;
    const first = blocks[0];
    const last = blocks.at(-1);
    if (!first || !last || blocks.length < fewestBlocks || last.time - first.time < this.window / 2) return null;
    let count = 0;
    for (let a = 0; a < blocks.length; a += 1)
      for (let b = a + 1; b < blocks.length; b += 1) slopes[count++] = slopeBetween(blocks[a] as Block, blocks[b] as Block);
    return tidy(median(slopes.subarray(0, count)) * (this.per === 'd' ? DAY : HOUR));
  }
}

/** Room for the slopes of every pair; one for all detectors, used within one call. A window touches one block more than it is long, and one is being filled. */
const slopes = new Float64Array(((blocksInWindow + 2) * (blocksInWindow + 1)) / 2);

const slopeBetween = (a: Block, b: Block): number => (b.value - a.value) / (b.time - a.time);

function median(numbers: Float64Array): number {
  const middle = numbers.length >> 1;
  const upper = select(numbers, middle);
  if (numbers.length % 2 === 1) return upper;
  // After select everything before `middle` is no larger than it.
  return (upper + numbers.subarray(0, middle).reduce((most, one) => Math.max(most, one), Number.NEGATIVE_INFINITY)) / 2;
}

/** The k-th smallest number (Hoare's quickselect); orders `numbers` around it. Linear on average, where sorting is most of a sample's cost. */
function select(numbers: Float64Array, k: number): number {
  let left = 0;
  let right = numbers.length - 1;
  const at = (index: number): number => numbers[index] as number;
  while (left < right) {
    const pivot = at((left + right) >> 1);
    let i = left;
    let j = right;
    while (i <= j) {
      while (at(i) < pivot) i += 1;
      while (at(j) > pivot) j -= 1;
      if (i > j) break;
      const swap = at(i);
      numbers[i] = at(j);
      numbers[j] = swap;
      i += 1;
      j -= 1;
    }
    if (k <= j) right = j;
    else if (k >= i) left = i;
    else break;
  }
  return at(k);
}

/** Samples of one stretch of event time, seen as one: median value at mean time. */
class Block {
  readonly #values: number[] = [];
  #timeSum = 0;
  latest: number;
  value = 0;
  time = 0;

  constructor(
    readonly index: number,
    time: number,
    value: number,
  ) {
    this.latest = time;
    this.add(time, value);
  }

  add(time: number, value: number): void {
    const place = this.#values.findIndex((other) => other > value);
    this.#values.splice(place < 0 ? this.#values.length : place, 0, value);
    this.#timeSum += time;
    this.latest = Math.max(this.latest, time);
    this.time = this.#timeSum / this.#values.length;
    const middle = this.#values.length >> 1;
    const upper = this.#values[middle] ?? value;
    this.value = this.#values.length % 2 === 1 ? upper : (upper + (this.#values[middle - 1] ?? upper)) / 2;
  }
}
