import { z } from 'zod';
import { DAY, HOUR } from '#libs/contracts';
import { tidy, type Detector } from '../detector.js';
import { detectorKind, WindowText } from '../kind.js';
import { TheilSen } from './theil-sen.js';

/** More blocks see faster changes and cost more (n²/2 slopes a sample); fewer blur them. 24 makes a one-day window hourly. */
const blocksInWindow = 24;
/** Below a third of the blocks two outliers can make the median slope. Above a half, a lossy link never gets a velocity. */
const fewestBlocks = 8;
/** A window touches one block more than it is long, and one is being filled. */
const mostBlocks = blocksInWindow + 2;

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
  readonly #line = new TheilSen(mostBlocks);
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
    this.#add(time, value);
    const newest = this.#blocks.at(-1)?.latest ?? time;
    while (this.#blocks.length > 0 && newest - (this.#blocks[0]?.latest ?? newest) > this.window) {
      this.#blocks.shift();
      this.#line.changed();
    }
    this.value = this.#slope();
  }

  #add(time: number, value: number): void {
    const index = Math.floor(time / this.#length);
    const last = this.#blocks.at(-1);
    if (last?.index === index) {
      last.add(time, value);
      return;
    }
    const place = this.#blocks.findLastIndex((block) => block.index <= index);
    const found = this.#blocks[place];
    if (found?.index === index) found.add(time, value);
    else this.#blocks.splice(place + 1, 0, new Block(index, time, value));
    this.#line.changed();
  }

  #slope(): number | null {
    const blocks = this.#blocks;
    const first = blocks[0];
    const last = blocks.at(-1);
    if (!first || !last || blocks.length < fewestBlocks || last.time - first.time < this.window / 2) return null;
    return tidy(this.#line.slope(blocks) * (this.per === 'd' ? DAY : HOUR));
  }
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
    let low = 0;
    let high = this.#values.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#values[middle] ?? 0) > value) high = middle;
      else low = middle + 1;
    }
    this.#values.splice(low, 0, value);
    this.#timeSum += time;
    this.latest = Math.max(this.latest, time);
    this.time = this.#timeSum / this.#values.length;
    const middle = this.#values.length >> 1;
    const upper = this.#values[middle] ?? value;
    this.value = this.#values.length % 2 === 1 ? upper : (upper + (this.#values[middle - 1] ?? upper)) / 2;
  }
}

export const velocityKind = detectorKind({
  name: 'velocity',
  fields: { window: WindowText, unit: z.enum(['mm/d', 'mm/h', '°/d']) },
  make: (spec) => new VelocityDetector(spec.window, spec.unit.endsWith('/h') ? 'h' : 'd'),
  horizon: (spec) => spec.window,
});
