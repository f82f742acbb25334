import type { Keeper } from '../keep/keeper.js';
import { SampleList } from './sample-list.js';

/**
 * Samples kept of one indicator. Fewer: a curve of a screen's width shows steps. More: a thousand points of six indicators each would
 * take the memory of the station (600 samples are 10 kB, so those take 60 MB).
 */
const capacity = 600;
/** Samples of which the smallest and the largest stay when room is made: half of them go. */
const bucket = 4;
/** Samples of a curve that outlast a restart. More: a thousand points take seconds longer to come up; fewer: whoever looks right after one sees corners. */
const keptCapacity = 32;

/**
 * How an indicator came to where it is, for the curve people look at: bounded, thinned from time to time with the extremes kept, so the
 * newest part is the finest. Nothing is judged by it and nothing of it is stored.
 */
export class IndicatorTrace {
  readonly #samples = new SampleList();
  #thinned = false;
  /** Samples at which it is thinned next. */
  #room: number;

  /**
   * @param phase 0 to 1: how soon it is thinned for the first time. Instruments that began together, all of a station after its start, would
   * otherwise all be thinned in the same moment, and every reading waits for that (some 100 ms for 4,000 curves).
   */
  constructor(phase = 1) {
    this.#room = Math.ceil((capacity * (1 + phase)) / 2);
  }

  /** Value known at an event time. Times never go back: a late sample corrects the newest value. */
  add(time: number, value: number): void {
    const samples = this.#samples;
    const last = samples.length - 1;
    const newest = samples.time(last);
    if (last >= 0 && time <= newest) {
      samples.replace(last, newest, value);
      return;
    }
    if (samples.length >= this.#room) {
      thin(samples);
      this.#thinned = true;
      this.#room = capacity;
    }
    samples.push(time, value);
  }

  /** True when samples have been left out. */
  get thinned(): boolean {
    return this.#thinned;
  }

  /** Samples at or after an event time. */
  since(time: number): [number, number][] {
    const samples = this.#samples;
    const from = samples.firstFrom(time);
    return Array.from({ length: samples.length - from }, (_, i) => [samples.time(from + i), samples.value(from + i)]);
  }

  /** Keeps a coarse copy: a curve is for people, and in full it would be most of what is kept of an indicator. */
  keep(k: Keeper): void {
    const samples = k.reading ? this.#samples : this.#coarse();
    const thinned = k.flag(this.#thinned || samples.length < this.#samples.length);
    samples.keep(k);
    if (k.reading) this.#thinned = thinned;
  }

  #coarse(): SampleList {
    const copy = new SampleList();
    for (let at = 0; at < this.#samples.length; at += 1) copy.push(this.#samples.time(at), this.#samples.value(at));
    while (copy.length > keptCapacity) thin(copy);
    return copy;
  }
}

/** Leaves the smallest and the largest of each few. In place: what is kept moves to the front, never past what is still to be looked at. */
function thin(samples: SampleList): void {
  const { length } = samples;
  let kept = 0;
  const move = (from: number): void => samples.replace(kept++, samples.time(from), samples.value(from));
  for (let from = 0; from < length; from += bucket) {
    const to = Math.min(from + bucket, length);
    let low = from;
    let high = from;
    for (let at = from + 1; at < to; at += 1) {
      if (samples.value(at) < samples.value(low)) low = at;
      if (samples.value(at) >= samples.value(high)) high = at;
    }
    const [first, second] = [Math.min(low, high), Math.max(low, high)];
    move(first);
    if (second !== first) move(second);
  }
  samples.truncate(kept);
}
