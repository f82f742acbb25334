import { z } from 'zod';
import { DAY } from '#libs/contracts';
import type { Keeper } from '../../keep/keeper.js';

/** `increments`: mm since the sample before. `accumulator`: a running total. */
export type RainSource = 'increments' | 'accumulator';

/** Rain that fell evenly over (from, to], ms; mm below 0 takes back what a late sample has shown to have fallen otherwise. */
export type FallTaker = (from: number, to: number, mm: number) => void;

/** How a rulebook says what its rain gauge sends. */
export const sourceField = { source: z.enum(['increments', 'accumulator', 'either']) };

/** A total is named so in every profile; each channel is judged for itself, so a gauge that sends both is not counted twice. */
export const sourceFor = (source: RainSource | 'either', series: string): RainSource =>
  source !== 'either' ? source : series.endsWith('.totalValue') ? 'accumulator' : 'increments';

/** The sample before the window is looked for this far back: three upload intervals of a day. */
export const reachBack = 3 * DAY;

/**
 * What a rain gauge says, as a curve of accumulated rain, linear between samples: rain that fell during a gap is spread over the gap
 * instead of counted as one burst. A running total smaller than the one before is a reset (power cut, 08:00, overflow), and what it
 * shows fell since the reset (domain.md §7c 7). The first sample of a gauge says nothing: nobody knows since when.
 *
 * Keeps the samples of a span and one before it. A sample in order is O(1) amortised; a late one is put where it belongs, which moves
 * the younger ones; one older than the span is refused.
 */
export class RainCurve {
  #times: number[] = [];
  #readings: number[] = [];
  #head = 0;
  /** Rain between the oldest kept sample and the newest. */
  #total = 0;

  /**
   * @param span ms before the newest sample that are kept
   * @param takes is told of every fall, in order of arrival
   */
  constructor(
    private readonly span: number,
    private readonly source: RainSource,
    private readonly takes?: FallTaker,
  ) {}

  /** Time of the newest sample; −∞ before the first. */
  get newest(): number {
    return this.#times.at(-1) ?? Number.NEGATIVE_INFINITY;
  }

  /** The newest sample, so that a curve whose samples are gone can go on from it. */
  get last(): [time: number, reading: number] | null {
    const at = this.#times.length - 1;
    return at < this.#head ? null : [this.#times[at] as number, this.#readings[at] as number];
  }

  /** @returns false when the sample is older than the span, and nothing has changed */
  add(time: number, reading: number): boolean {
    const { newest } = this;
    if (time <= newest) return newest - time <= this.span && this.#insert(time, reading);
    this.#times.push(time);
    this.#readings.push(reading);
    this.#count(this.#times.length - 1, 1);
    this.#evict(time - this.span);
    return true;
  }

  /** Rain from a time on, mm; the time lies in the span. */
  since(start: number): number {
    const from = this.#times[this.#head];
    const to = this.#times[this.#head + 1];
    if (from === undefined || to === undefined || from >= start) return this.#total;
    return this.#total - (this.#fallen(this.#head + 1) * (start - from)) / (to - from);
  }

  #insert(time: number, reading: number): boolean {
    let low = this.#head;
    let high = this.#times.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#times[middle] as number) < time) low = middle + 1;
      else high = middle;
    }
    const known = this.#times[low] === time;
    // What fell up to here and from here to the next sample is told anew.
    this.#count(low, -1);
    if (known) this.#count(low + 1, -1);
    this.#times.splice(low, known ? 1 : 0, time);
    this.#readings.splice(low, known ? 1 : 0, reading);
    this.#count(low, 1);
    this.#count(low + 1, 1);
    return true;
  }

  #count(at: number, sign: 1 | -1): void {
    if (at <= this.#head || at >= this.#times.length) return;
    const mm = this.#fallen(at);
    if (mm === 0) return;
    this.#total += sign * mm;
    this.takes?.(this.#times[at - 1] as number, this.#times[at] as number, sign * mm);
  }

  /** Rain between the sample before and this one. */
  #fallen(at: number): number {
    const now = this.#readings[at] as number;
    if (this.source === 'increments') return now;
    const rise = now - (this.#readings[at - 1] as number);
    return rise >= 0 ? rise : now;
  }

  #evict(start: number): void {
    while (this.#head + 1 < this.#times.length && (this.#times[this.#head + 1] as number) < start) {
      this.#total -= this.#fallen(this.#head + 1);
      this.#head += 1;
    }
    // Compacting only when half is waste keeps eviction O(1) amortised and memory within twice the span.
    if (this.#head <= 64 || this.#head * 2 <= this.#times.length) return;
    this.#times = this.#times.slice(this.#head);
    this.#readings = this.#readings.slice(this.#head);
    this.#head = 0;
    // Starting the sum afresh here keeps rounding errors from piling up over years of adding and taking away.
    this.#total = 0;
    for (let at = 1; at < this.#times.length; at += 1) this.#total += this.#fallen(at);
  }

  keep(k: Keeper): void {
    // Room of what has gone is kept too: sums start afresh at the same moment, to the last digit.
    this.#head = k.count(this.#head);
    const count = k.count(this.#times.length - this.#head);
    if (k.reading) {
      this.#times = Array.from({ length: this.#head }, () => Number.NaN);
      this.#readings = [...this.#times];
    }
    for (let at = this.#head; at < this.#head + count; at += 1) {
      this.#times[at] = k.number(this.#times[at] ?? 0);
      this.#readings[at] = k.number(this.#readings[at] ?? 0);
    }
    this.#total = k.number(this.#total);
  }
}
