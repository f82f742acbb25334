import { z } from 'zod';
import type { Detector } from '../detector.js';
import { detectorKind } from '../kind.js';
import type { Keeper } from '../../keep/keeper.js';

/**
 * How long a channel has said nothing, in upload intervals of its device (unit 1): (now − newest sample) / interval, now
 * being the point's clock. Known from the first sample on. `isSilent` is the same measure as the rulebook's missing-data policy uses it.
 */
export class SilenceDetector implements Detector {
  #newest: number | null = null;
  value: number | null = null;
  readonly partial = false;

  constructor(private readonly interval: number) {}

  get why() {
    return this.value === null ? ('no-data' as const) : undefined;
  }

  feed(time: number): void {
    this.#newest = Math.max(this.#newest ?? time, time);
    this.value = 0;
  }

  tick(now: number): void {
    if (this.#newest !== null) this.value = Math.max(0, (now - this.#newest) / this.interval);
  }

  wakesAt(bounds: readonly number[]): number {
    const { value } = this;
    if (this.#newest === null || value === null) return Number.POSITIVE_INFINITY;
    const next = Math.min(...bounds.filter((bound) => bound > value));
    return Math.ceil(this.#newest + next * this.interval);
  }

  keep(k: Keeper): void {
    this.#newest = k.maybe(this.#newest);
    this.value = k.maybe(this.value);
  }
}

/**
 * No sample for more than `intervals` upload intervals (plus `allowance`, ms of event time a packet may be under way: in a drill at
 * 15,000 times speed one second on the wire is four hours at the point).
 */
export const isSilent = (now: number, newest: number, interval: number, intervals: number, allowance: number): boolean =>
  now - newest > interval * intervals + allowance;

/** First whole millisecond at which `isSilent` is true if nothing comes. */
export const silentFrom = (newest: number, interval: number, intervals: number, allowance: number): number =>
  Math.floor(newest + interval * intervals + allowance) + 1;

export const silenceKind = detectorKind({
  name: 'silence',
  about: { zh: '数据中断时长（上传间隔的倍数）', en: 'how long nothing has come, in upload intervals', source: 'domain.md §1.7' },
  fields: { unit: z.literal('1') },
  make: (_, place) => new SilenceDetector(place.interval),
});
