import { z } from 'zod';
import { DAY, MINUTE } from '#libs/contracts';
import { RainCurve, reachBack, type RainSource } from './rain-curve.js';
import type { Keeper } from '../../keep/keeper.js';

/** JMA integrates its tanks in steps of ten minutes (algorithms.md B6). Longer blurs a cloudburst; shorter costs memory and changes tenths of a millimetre. */
const slot = 10 * MINUTE;
/** Late samples are put right this far back: an outage over a long weekend. Longer costs 8 bytes for every ten minutes of every gauge. */
const reach = 3 * DAY;
const slotsKept = reach / slot;

/** What a warm start has to read again for a fold. */
export const foldHorizon = reach + reachBack;

/**
 * The state after `mm` of rain fell evenly over `ms`, at most one slot. Pure, and gives a new state.
 * States are JSON: they are kept over a restart.
 */
export type RainStep<State> = (state: State, mm: number, ms: number) => State;

const Memory = z.object({
  first: z.number(),
  last: z.tuple([z.number(), z.number()]),
  tail: z.number(),
  open: z.number(),
  mm: z.number(),
  base: z.unknown(),
  closed: z.unknown(),
});

/**
 * A state that follows the rain of a gauge step by step, whatever its upload interval: rain is spread over slots of ten minutes and each
 * slot is one step. O(1) amortised a sample in order. A late sample changes slots that are closed, so the steps since the oldest slot
 * kept are done again (at most `slotsKept`): the state is the same as if it had come in time.
 */
export class RainFold<State> {
  readonly #curve: RainCurve;
  readonly #slots = new Float64Array(slotsKept);
  #first = Number.POSITIVE_INFINITY;
  #last: [number, number] | null = null;
  /** Oldest slot that can still change. */
  #tail = 0;
  #open = Number.NEGATIVE_INFINITY;
  /** State before the tail. */
  #base: State;
  /** State before the open slot. */
  #closed: State;

  constructor(
    source: RainSource,
    initial: State,
    private readonly step: RainStep<State>,
  ) {
    this.#base = initial;
    this.#closed = initial;
    this.#curve = new RainCurve(reach, source, (from, to, mm) => this.#spread(from, to, mm));
  }

  /** Time of the first sample; +∞ before it. */
  get first(): number {
    return this.#first;
  }

  /** Time of the newest sample; −∞ before the first. */
  get newest(): number {
    return this.#last?.[0] ?? Number.NEGATIVE_INFINITY;
  }

  /** State at the newest sample. */
  get state(): State {
    if (!this.#last) return this.#closed;
    return this.step(this.#closed, this.#mm(this.#open), this.newest - this.#open * slot);
  }

  /** @returns false when the sample is too old to change anything */
  add(time: number, reading: number): boolean {
    if (!this.#curve.add(time, reading)) return false;
    this.#first = Math.min(this.#first, time);
    this.#last = this.#curve.last;
    this.#advance(slotBefore(this.#curve.newest));
    return true;
  }

  memory(): unknown {
    if (!this.#last) return null;
    const tail = this.#tail;
    const mm = this.#mm(this.#open);
    return { first: this.#first, last: this.#last, tail, open: this.#open, mm, base: this.#base, closed: this.#closed };
  }

  /** Over the slots a warm start has filled again; without them the state goes on from where it was, and nothing older can be put right. */
  recall(memory: unknown): void {
    const parsed = Memory.safeParse(memory);
    if (!parsed.success) return;
    const { first, last, tail, open, mm, base, closed } = parsed.data;
    this.#first = first;
    if (this.#open === open && this.#tail <= tail) {
      this.#tail = tail;
      this.#base = base as State;
      this.#replay();
      return;
    }
    if (!this.#curve.last) this.#curve.add(...last);
    this.#last = last;
    this.#slots.fill(0);
    this.#tail = open;
    this.#open = open;
    this.#slots[open % slotsKept] = mm;
    this.#base = closed as State;
    this.#closed = closed as State;
  }

  #mm(at: number): number {
    return this.#slots[at % slotsKept] ?? 0;
  }

  #spread(from: number, to: number, mm: number): void {
    const start = Math.floor(from / slot);
    const late = start < this.#open;
    for (let at = start, end = slotBefore(to); at <= end; at += 1) {
      this.#advance(at);
      if (at < this.#tail) continue;
      const share = (Math.min(to, (at + 1) * slot) - Math.max(from, at * slot)) / (to - from);
      this.#slots[at % slotsKept] = this.#mm(at) + mm * share;
    }
    if (late) this.#replay();
  }

  #advance(to: number): void {
    if (this.#open === Number.NEGATIVE_INFINITY) {
      this.#open = to;
      this.#tail = to;
    }
    while (this.#open < to) {
      this.#closed = this.step(this.#closed, this.#mm(this.#open), slot);
      this.#open += 1;
      if (this.#open - this.#tail >= slotsKept) {
        this.#base = this.step(this.#base, this.#mm(this.#tail), slot);
        this.#tail += 1;
      }
      this.#slots[this.#open % slotsKept] = 0;
    }
  }

  #replay(): void {
    let state = this.#base;
    for (let at = this.#tail; at < this.#open; at += 1) state = this.step(state, this.#mm(at), slot);
    this.#closed = state;
  }

  keep(k: Keeper): void {
    this.#curve.keep(k);
    k.list(this.#slots);
    this.#first = k.number(this.#first);
    this.#last = this.#curve.last;
    this.#tail = k.number(this.#tail);
    this.#open = k.number(this.#open);
    const states = k.text(JSON.stringify([this.#base, this.#closed]));
    if (k.reading) [this.#base, this.#closed] = JSON.parse(states) as [State, State];
  }
}

/** The slot a time ends: rain up to ten o'clock is rain of the slot before ten. */
const slotBefore = (time: number): number => Math.ceil(time / slot) - 1;
