import { HOUR } from '#libs/contracts';
import { z } from 'zod';
import type { Filter, Pass } from './filter.js';
import { filterKind, SizeText, StretchText } from './kind.js';
import { median } from './median.js';
import type { Keeper } from '../keep/keeper.js';

/** Samples each side must have to be called stable. Fewer: two that happen to agree. */
const least = 5;

export interface StepOptions {
  /** How long the level must be stable before and after, ms. */
  settle: number;
  /** One standard deviation of the instrument, channel unit. */
  noise: number;
  /** Standard deviations that make a step, and within which a level is stable. */
  sigma: number;
  /** How far the detector behind looks back: so long the step is in its window, ms. */
  outlook: number;
}

/**
 * A step: one jump between two samples, the level stable before it and stable after it (antenna moved, pole hit, instrument set to zero; algorithms.md B12).
 * A detector of rates takes it for motion as long as it is in its window, and nobody can tell from one series whether the ground jumped or the pole did.
 *
 * What was decided, openly: **nothing is ever hidden or put right here.** Every sample passes. Until the level has been stable for `settle` after the jump, the jump is
 * judged as motion. From then until the step has left the detector's window the indicator is unknown, `needs-review`: the point cannot be calm, a level in force is
 * held (unknown never lowers), and `detail` shows size and age of the step. The first sample off the new level ends the review: what follows is judged as motion, step
 * included. No offset is taken off: that needs a person, and a command to the device (its reset is flagged by ingest and kept out).
 *
 * Unfit for `change`, whose very subject is the jump. Fails by: a block that falls by one jump and rests shows as `needs-review` here: pair it with a `change`.
 */
export class StepFilter implements Filter {
  /** Samples of the last `settle`, in order; late ones are not among them. */
  #recent: (readonly [number, number])[] = [];
  #jump: { at: number; before: number; after: number[] } | null = null;
  #step: { at: number; level: number; size: number } | null = null;
  #newest = Number.NEGATIVE_INFINITY;

  constructor(private readonly options: StepOptions) {}

  get why() {
    return this.#step ? ('needs-review' as const) : undefined;
  }
  get detail() {
    return this.#step ? { step: this.#step.size, stepAge: (this.#newest - this.#step.at) / HOUR } : undefined;
  }

  feed(time: number, value: number, pass: Pass): void {
    if (time > this.#newest) this.#look(time, value);
    pass(time, value);
  }

  #look(time: number, value: number): void {
    const { settle, outlook } = this.options;
    const limit = this.options.sigma * this.options.noise;
    this.#newest = time;
    const gone = this.#recent.findIndex(([at]) => time - at <= settle);
    if (gone !== 0) this.#recent.splice(0, gone < 0 ? this.#recent.length : gone);
    if (this.#step && (time - this.#step.at > outlook || Math.abs(value - this.#step.level) > limit)) this.#step = null;
    const last = this.#recent.at(-1);
    if (last && Math.abs(value - last[1]) > limit)
      this.#jump = this.#isStable() ? { at: time, before: this.#level(), after: [value] } : null;
    else if (this.#jump) this.#settle(this.#jump, time, value, limit);
    this.#recent.push([time, value]);
  }

  #settle(jump: { at: number; before: number; after: number[] }, time: number, value: number, limit: number): void {
    jump.after.push(value);
    if (Math.max(...jump.after) - Math.min(...jump.after) > limit) this.#jump = null;
    else if (time - jump.at >= this.options.settle) {
      this.#jump = null;
      const level = median(jump.after);
      if (jump.after.length >= least) this.#step = { at: jump.at, level, size: level - jump.before };
    }
  }

  #isStable(): boolean {
    const values = this.#recent.map(([, value]) => value);
    return values.length >= least && Math.max(...values) - Math.min(...values) <= this.options.sigma * this.options.noise;
  }

  #level(): number {
    return median(this.#recent.map(([, value]) => value));
  }

  keep(k: Keeper): void {
    this.#newest = k.number(this.#newest);
    const count = k.count(this.#recent.length);
    this.#recent = Array.from({ length: count }, (_, at) => [k.number(this.#recent[at]?.[0] ?? 0), k.number(this.#recent[at]?.[1] ?? 0)]);
    const jump = this.#jump;
    if (k.flag(jump !== null)) {
      this.#jump = { at: k.number(jump?.at ?? 0), before: k.number(jump?.before ?? 0), after: [...(jump?.after ?? [])] };
      k.list(this.#jump.after);
    }
    const step = this.#step;
    if (k.flag(step !== null))
      this.#step = { at: k.number(step?.at ?? 0), level: k.number(step?.level ?? 0), size: k.number(step?.size ?? 0) };
  }
}

export const stepKind = filterKind({
  name: 'step',
  about: {
    zh: '台阶（天线移动、归零）：两侧稳定的一次跳变，待人工复核，不作平静也不作运动',
    en: 'one jump between two stable levels: needs review by a person, neither calm nor motion',
    source: 'algorithms.md B12',
  },
  fields: {
    settle: StretchText,
    noise: SizeText,
    /** Less: noise makes steps and the indicator is unknown for days. More: a small re-zero is judged as motion. */
    sigma: z.number().min(4).max(50).default(6),
  },
  make: ({ settle, noise, sigma }, outlook) => new StepFilter({ settle, noise: noise.value, sigma, outlook }),
  horizon: ({ settle }) => 2 * settle,
  unfit: { change: 'a jump is what it measures', level: 'a jump is what it measures' },
});
