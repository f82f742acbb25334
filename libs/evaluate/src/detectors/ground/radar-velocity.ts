import { z } from 'zod';
import { DAY, HOUR, SECOND } from '#libs/contracts';
import { tidy, type Detector } from '../detector.js';
import { detectorKind } from '../kind.js';
import type { Keeper } from '../../keep/keeper.js';

/** A scan that comes later than this many upload intervals does not follow the one before: two of a hundred lost in a row are usual, a gap is not. */
const gapIntervals = 3;

/**
 * Velocity by slope radar: the smallest of the last `scans` scans in a row, if they all go the same way, else 0; so one scan through rain, dust or a truck
 * raises nothing, and two do (slope radar practice: two consecutive scans; algorithms.md §1.12). Channel `L4_LD_*.speed`, m/s along the
 * line of sight, whichever way; unit mm/h or mm/d.
 *
 * Unknown until `scans` scans have followed one another, and after a gap of more than three upload intervals. Late scans are put in order.
 * Delay: scans − 1 intervals. Fails by: weather that lasts (atmosphere moves all targets alike: compare with a stable one), motion across the line of
 * sight, and speeds above what the radar's wavelength and interval can tell, where it shows too little (Brienz 2023): a second instrument.
 */
export class RadarVelocityDetector implements Detector {
  readonly #scans: { time: number; speed: number }[] = [];
  value: number | null = null;
  readonly partial = false;

  /**
   * @param scans how many in a row
   * @param interval ms from scan to scan
   * @param unit ms of the time in the unit, with mm above
   */
  constructor(
    private readonly scans: number,
    private readonly interval: number,
    private readonly unit: number,
  ) {}

  get why() {
    if (this.value !== null) return undefined;
    return this.#scans.length === 0 ? ('no-data' as const) : ('warming-up' as const);
  }

  feed(time: number, speed: number): void {
    const after = this.#scans.findLastIndex((scan) => scan.time <= time);
    if (this.#scans[after]?.time === time) this.#scans[after] = { time, speed };
    else this.#scans.splice(after + 1, 0, { time, speed });
    if (this.#scans.length > this.scans) this.#scans.shift();
    this.value = this.#inARow ? tidy(this.#slowest() * 1000 * (this.unit / SECOND)) : null;
  }

  get #inARow(): boolean {
    const follows = ({ time }: { time: number }, at: number) =>
      at === 0 || time - (this.#scans[at - 1]?.time ?? time) <= gapIntervals * this.interval;
    return this.#scans.length === this.scans && this.#scans.every(follows);
  }

  #slowest(): number {
    const ways = new Set(this.#scans.map(({ speed }) => Math.sign(speed)));
    return ways.size > 1 ? 0 : Math.min(...this.#scans.map(({ speed }) => Math.abs(speed)));
  }

  keep(k: Keeper): void {
    const count = k.count(this.#scans.length, this.scans);
    for (let at = 0; at < count; at += 1) {
      const { time, speed } = this.#scans[at] ?? { time: 0, speed: 0 };
      this.#scans[at] = { time: k.number(time), speed: k.number(speed) };
    }
    this.value = k.maybe(this.value);
  }
}

export const radarVelocityKind = detectorKind({
  name: 'radar-velocity',
  about: {
    zh: '雷达目标速度：连续若干次扫描的最小值',
    en: 'velocity by slope radar: the least of several scans in a row',
    source: 'algorithms.md §1.12; GB 51214 §12.3.3',
  },
  fields: { scans: z.number().int().min(2).max(20).default(2), unit: z.enum(['mm/h', 'mm/d']) },
  make: (spec, { interval }) => new RadarVelocityDetector(spec.scans, interval, spec.unit === 'mm/h' ? HOUR : DAY),
  // As many scans of an instrument that scans once an hour; radars take minutes.
  horizon: (spec) => spec.scans * HOUR,
});
