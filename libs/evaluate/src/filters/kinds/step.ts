import { HOUR } from '#libs/contracts';
import { z } from 'zod';
import type { Filter, Pass, Rebase, Sample } from '../filter.js';
import { filterKind, SizeText } from '../kind.js';
import { StretchText } from '../../text/quantity.js';
import { JumpFinder, type Jump } from './jump-finder.js';
import { median } from './median.js';
import type { Keeper } from '../../keep/keeper.js';

/** Two jumps in the same direction within so many `settle` are a slope that moves in jerks. */
const jerks = 2;
/** Parts of the outlook a detector may join to one block: so long after a jump it must still be able to tell the samples on either side. */
const blocks = 20;
/** Samples whose median says where the level is now. */
const newestSamples = 3;

export interface StepOptions {
  /** How far back the level before a jump is looked at, ms. */
  settle: number;
  /** Smallest standard deviation that is believed, channel unit. */
  noise: number;
  /** Standard deviations that make a step. */
  sigma: number;
  /** Smallest jump that is a step, channel unit. */
  least: number;
  /** How far the detector behind looks back: so long the step is in its window, ms. */
  outlook: number;
}

/** A jump that is being followed. */
interface Step extends Omit<Jump, 'since'> {
  /** Samples from `at` on, while they may share a block with those before it. */
  since: Sample[];
  /** It is off the detector's window; else it was given back, and is judged as motion. */
  taken: boolean;
}

/**
 * A step: one jump between two samples, the level at rest after it (antenna knocked, pole hit, instrument set to zero; algorithms.md B12). A detector
 * of rates takes it for motion as long as it is in its window: on simulated sites that made eleven false yellows a year.
 *
 * What was decided, openly: **a jump is taken off the rate and never off the picture.** Every sample passes. Once the level has been at rest for four
 * samples after the jump (eight for one within some noise) what the detector has seen before is moved by its size; from then until it has left the detector's window the
 * indicator shows the motion *beside* the jump, as a lower bound, `needs-review`: enough to raise a level, not enough to be calm, and no level falls by it.
 * `detail` shows size and age. A real failure keeps moving: as soon as the level has gone on in the same direction by half the jump (and by what is
 * no noise), or a second jump has followed in the same direction, the jump is given back and all of it is motion.
 *
 * A block that jumps once and rests on several instruments at the same time is what `joint-jump` is for. Unfit for `change`, whose very subject is the jump. A
 * detector that cannot move its window is unknown while a step is in it.
 */
export class StepFilter implements Filter {
  #steps: Step[] = [];
  /** Newest values, as many as say where the level is. */
  readonly #last: number[] = [];
  #newest = Number.NEGATIVE_INFINITY;

  /** @param finder of the jumps of this series; others who look back less or further may ask the same one */
  constructor(
    private readonly options: StepOptions,
    private readonly finder: JumpFinder = new JumpFinder(options),
  ) {}

  get doubt() {
    return this.#open ? ('needs-review' as const) : undefined;
  }
  get detail() {
    const open = this.#open;
    return open ? { step: open.size, stepAge: (this.#newest - open.at) / HOUR } : undefined;
  }

  get #open(): Step | undefined {
    return this.#steps.findLast(({ at, taken }) => taken && this.#newest - at <= this.options.outlook);
  }

  feed(time: number, value: number, pass: Pass, rebase: Rebase): void {
    if (time <= this.#newest) {
      pass(time, this.#moved(time, value));
      return;
    }
    this.#newest = time;
    pass(time, value);
    if (this.#last.length === newestSamples) this.#last.shift();
    this.#last.push(value);
    if (this.#steps.length > 0) this.#follow(time, value, rebase);
    const jump = this.finder.feed(time, value);
    if (jump) this.#take(jump, rebase);
  }

  /** A late sample from before a step that was taken off. */
  #moved(time: number, value: number): number {
    return this.#steps.reduce((sum, { at, size, taken }) => (taken && time < at ? sum + size : sum), value);
  }

  #follow(time: number, value: number, rebase: Rebase): void {
    const { settle, outlook, sigma } = this.options;
    this.#steps = this.#steps.filter(({ at }) => time - at <= Math.max(outlook, jerks * settle));
    const now = median(this.#last);
    for (const step of this.#steps) {
      if (time - step.at <= settle + outlook / blocks) step.since.push([time, value]);
      const further = (now - step.level) * Math.sign(step.size);
      if (step.taken && time - step.at <= outlook && further > Math.max(Math.abs(step.size) / 2, sigma * step.noise))
        this.#giveBack(step, rebase);
    }
  }

  #take(jump: Jump, rebase: Rebase): void {
    if (this.#newest - jump.at > this.options.outlook) return;
    const near = this.#steps.filter(
      ({ at, size }) => jump.at - at <= jerks * this.options.settle && size / jump.size >= 1 / 2 && size / jump.size <= 2,
    );
    for (const step of near) if (step.taken) this.#giveBack(step, rebase);
    const step: Step = { ...jump, since: [...jump.since], taken: near.length === 0 };
    if (step.taken) this.#move(step, step.size, rebase);
    this.#steps.push(step);
  }

  #giveBack(step: Step, rebase: Rebase): void {
    step.taken = false;
    if (this.#newest - step.at <= this.options.outlook) this.#move(step, -step.size, rebase);
  }

  #move({ at, since }: Step, by: number, rebase: Rebase): void {
    rebase(at, by, since);
    // What earlier steps remember of the samples after them has moved too.
    for (const earlier of this.#steps)
      if (earlier.at < at) earlier.since = earlier.since.map(([time, value]): Sample => [time, time < at ? value + by : value]);
  }

  keep(k: Keeper): void {
    k.once(this.finder);
    this.#newest = k.number(this.#newest);
    k.list(this.#last);
    this.#steps = Array.from({ length: k.count(this.#steps.length) }, (_, nth) => keptStep(k, this.#steps[nth]));
  }
}

function keptStep(k: Keeper, step: Step | undefined): Step {
  const [at, size, level, noise] = [
    k.number(step?.at ?? 0),
    k.number(step?.size ?? 0),
    k.number(step?.level ?? 0),
    k.number(step?.noise ?? 0),
  ];
  const taken = k.flag(step?.taken ?? false);
  const since = Array.from({ length: k.count(step?.since.length ?? 0) }, (_, nth): Sample => {
    const sample = step?.since[nth];
    return [k.number(sample?.[0] ?? 0), k.number(sample?.[1] ?? 0)];
  });
  return { at, size, level, noise, since, taken };
}

export const stepKind = filterKind({
  name: 'step',
  about: {
    zh: '台阶（天线移动、归零）：两侧稳定的一次跳变不计入速率，只作下限并提示复核；继续移动则全部计入',
    en: 'one jump between two levels at rest is no rate: the motion beside it is a lower bound and needs review; when it goes on, all of it is motion',
    source: 'algorithms.md B12',
  },
  fields: {
    settle: StretchText,
    noise: SizeText.optional(),
    /** Smaller ones are left to the detector: they make no rate that matters, and each costs a day of doubt. */
    least: SizeText.optional(),
    /** Less: noise makes steps and the indicator is a lower bound for days. More: a small re-zero is judged as motion. */
    sigma: z.number().min(3).max(50).default(4),
  },
  make: ({ settle, noise, least, sigma }, { outlook, accuracy = 0, jumps }) => {
    const of = { settle, noise: noise?.value ?? accuracy, least: least?.value ?? 0, sigma };
    return new StepFilter({ ...of, outlook }, jumps?.(of));
  },
  horizon: ({ settle }) => (2 + jerks) * settle,
  byOutlook: true,
  unfit: { change: 'a jump is what it measures', level: 'a jump is what it measures' },
});
