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
    const slopes: number[] = [];
    for (let a = 0; a < blocks.length; a += 1)
      for (let b = a + 1; b < blocks.length; b += 1) slopes.push(slopeBetween(blocks[a] as Block, blocks[b] as Block));
    return tidy(median(slopes) * (this.per === 'd' ? DAY : HOUR));
  }
}

const slopeBetween = (a: Block, b: Block): number => (b.value - a.value) / (b.time - a.time);

function median(numbers: number[]): number {
  const sorted = Float64Array.from(numbers).sort();
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
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
