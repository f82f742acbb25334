import { SampleList } from './sample-list.js';
import type { Keeper } from '../keep/keeper.js';

/**
 * The samples of one channel inside a sliding window of event time, oldest first. The window hangs on the newest
 * sample, not on the clock: a sample of time t is inside while `newest − t ≤ span`. Appending in order is O(1) amortised; a
 * late sample is put in its place by binary search; one older than the window is not kept.
 */
export class SampleWindow {
  readonly #samples = new SampleList();

  /**
   * @param span milliseconds of event time
   * @param before how many samples just before the window are kept too (1 lets a value at the window's start be interpolated)
   */
  constructor(
    readonly span: number,
    private readonly before = 0,
  ) {}

  get length(): number {
    return this.#samples.length;
  }
  time(index: number): number {
    return this.#samples.time(index);
  }
  value(index: number): number {
    return this.#samples.value(index);
  }
  get newest(): number {
    return this.#samples.time(this.#samples.length - 1);
  }

  /** @returns what became of the sample: `appended` is the newest, `inserted` came late, `outside` is older than the window */
  add(time: number, value: number): 'appended' | 'inserted' | 'outside' {
    const samples = this.#samples;
    if (samples.length === 0 || time > this.newest) {
      samples.push(time, value);
      this.#evict(time);
      return 'appended';
    }
    if (this.newest - time > this.span) return 'outside';
    const place = samples.firstFrom(time);
    if (samples.time(place) === time) samples.replace(place, time, value);
    else samples.insert(place, time, value);
    return 'inserted';
  }

  #evict(newest: number): void {
    const samples = this.#samples;
    let gone = 0;
    while (samples.length - gone > this.before + 1 && newest - samples.time(gone + this.before) > this.span) gone += 1;
    if (gone > 0) samples.dropFirst(gone);
  }

  keep(k: Keeper): void {
    this.#samples.keep(k);
  }
}
