import type { Filter, Pass } from '../filter.js';
import { filterKind, SizeText } from '../kind.js';
import { StretchText } from '../../text/quantity.js';
import type { Keeper } from '../../keep/keeper.js';

/** Parts the window is cut into, so that work and memory are bounded whatever the cadence. */
const parts = 24;
/** Samples that must agree. Fewer: an instrument that uploads twice a window is called stuck for being slow. */
const least = 8;

interface Part {
  index: number;
  first: number;
  low: number;
  high: number;
  count: number;
}

/**
 * A stuck instrument (flat line; ioos_qc QARTOD, algorithms.md B9): over a whole window its values stay within less than a tolerance. Its indicator
 * is then unknown, `stuck`: a frozen crack meter shows 0 mm/d for ever, and calm is what it must not be called. Everything passes; the first sample
 * that moves by the tolerance ends it at once.
 *
 * The tolerance must be smaller than the instrument's own noise over the window. Fails by: an instrument whose resolution is coarser than
 * its noise stands still on a slope at rest and would be called stuck: not for it.
 */
export class StuckFilter implements Filter {
  #parts: Part[] = [];
  #newest = Number.NEGATIVE_INFINITY;
  #stuck = false;

  constructor(
    private readonly window: number,
    private readonly tolerance: number,
  ) {}

  get why() {
    return this.#stuck ? ('stuck' as const) : undefined;
  }

  feed(time: number, value: number, pass: Pass): void {
    this.#newest = Math.max(this.#newest, time);
    const oldest = Math.floor(((this.#newest - this.window) * parts) / this.window);
    const index = Math.floor((time * parts) / this.window);
    if (index >= oldest) this.#put(index, time, value);
    if ((this.#parts[0]?.index ?? oldest) < oldest) this.#parts = this.#parts.filter((part) => part.index >= oldest);
    this.#stuck = this.#still();
    pass(time, value);
  }

  #put(index: number, time: number, value: number): void {
    let place = this.#parts.length;
    while (place > 0 && (this.#parts[place - 1] as Part).index > index) place -= 1;
    const part = this.#parts[place - 1];
    if (part?.index !== index) {
      this.#parts.splice(place, 0, { index, first: time, low: value, high: value, count: 1 });
      return;
    }
    part.first = Math.min(part.first, time);
    part.low = Math.min(part.low, value);
    part.high = Math.max(part.high, value);
    part.count += 1;
  }

  #still(): boolean {
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    let count = 0;
    for (const part of this.#parts) {
      low = Math.min(low, part.low);
      high = Math.max(high, part.high);
      count += part.count;
    }
    return high - low < this.tolerance && count >= least && this.#newest - (this.#parts[0]?.first ?? this.#newest) >= this.window;
  }

  keep(k: Keeper): void {
    this.#newest = k.number(this.#newest);
    this.#stuck = k.flag(this.#stuck);
    const count = k.count(this.#parts.length);
    for (let at = 0; at < count; at += 1) {
      const part = (this.#parts[at] ??= { index: 0, first: 0, low: 0, high: 0, count: 0 });
      for (const name of ['index', 'first', 'low', 'high', 'count'] as const) part[name] = k.number(part[name]);
    }
  }
}

export const stuckKind = filterKind({
  name: 'stuck',
  about: {
    zh: '读数卡滞：整个窗口内变化小于容差则判为未知',
    en: 'an instrument that stands still over the window is unknown, not calm',
    source: 'QARTOD flat line',
  },
  fields: { window: StretchText, tolerance: SizeText },
  make: ({ window, tolerance }) => new StuckFilter(window, tolerance.value),
  horizon: ({ window }) => window + window / parts,
});
