import type { Keeper } from '../keep/keeper.js';
import { numbers } from './numbers.js';

/**
 * The newest few samples of a series, side by side in memory and oldest first, so that any stretch of them is looked at in place. Adding one
 * moves nothing: room for twice as many is kept, and only when it is used up do they go back to its beginning.
 */
export class NewestSamples {
  readonly #room: number;
  #end = 0;
  length = 0;
  /** Of all the room; those that count are from `from` on. */
  readonly times: Float64Array;
  readonly values: Float64Array;

  /** @param most samples that are kept */
  constructor(private readonly most: number) {
    this.#room = 2 * most;
    const cells = numbers(2 * this.#room);
    this.times = cells.subarray(0, this.#room);
    this.values = cells.subarray(this.#room);
  }

  /** Where the oldest one is in `times` and `values`. */
  get from(): number {
    return this.#end - this.length;
  }
  /** Behind the newest one. */
  get end(): number {
    return this.#end;
  }

  /** The newest; the oldest goes when there are too many. */
  push(time: number, value: number): void {
    if (this.#end === this.#room) this.#rewind();
    this.times[this.#end] = time;
    this.values[this.#end] = value;
    this.#end += 1;
    if (this.length < this.most) this.length += 1;
  }

  /** One that came late, before the one at `place`; the oldest goes when there are too many, and must not be the one at `place`. */
  insert(place: number, time: number, value: number): void {
    const behind = this.#end - place;
    this.push(time, value);
    const at = this.#end - 1 - behind;
    this.times.copyWithin(at + 1, at, this.#end - 1);
    this.values.copyWithin(at + 1, at, this.#end - 1);
    this.times[at] = time;
    this.values[at] = value;
  }

  /** All but the one that has to go for the next. */
  #rewind(): void {
    const keep = Math.min(this.length, this.most - 1);
    this.times.copyWithin(0, this.#end - keep, this.#end);
    this.values.copyWithin(0, this.#end - keep, this.#end);
    this.#end = keep;
    this.length = keep;
  }

  keep(k: Keeper): void {
    const length = k.count(this.length, this.most);
    if (k.reading) {
      this.length = length;
      this.#end = length;
    }
    k.list(this.times.subarray(this.from, this.#end));
    k.list(this.values.subarray(this.from, this.#end));
  }
}
