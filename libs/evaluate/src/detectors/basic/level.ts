import type { Detector } from '../detector.js';
import { detectorKind } from '../kind.js';
import type { Keeper } from '../../keep/keeper.js';

/**
 * The newest value itself, as the channel gives it: mud level (m), dry beach length (m), phreatic depth (m).
 * Unit: the channel's. Warm-up: one sample. Fails by: a spike (persistence of the rulebook is the guard); a late sample older
 * than the newest changes nothing.
 */
export class LevelDetector implements Detector {
  #at = Number.NEGATIVE_INFINITY;
  value: number | null = null;
  readonly partial = false;

  get why() {
    return this.value === null ? ('no-data' as const) : undefined;
  }

  feed(time: number, value: number): void {
    if (time < this.#at) return;
    this.#at = time;
    this.value = value;
  }

  keep(k: Keeper): void {
    this.#at = k.number(this.#at);
    this.value = k.maybe(this.value);
  }
}

export const levelKind = detectorKind({
  name: 'level',
  about: {
    zh: '最新值本身（水位、干滩、累计位移）',
    en: 'the newest value itself (water level, beach, total displacement)',
    source: 'domain.md §4.1',
  },
  fields: {},
  make: () => new LevelDetector(),
});
