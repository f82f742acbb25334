import type { FilterBase, FilterKind, FilterPlace } from './kind.js';
import { JumpFinder, type JumpOptions } from './kinds/jump-finder.js';
import { Stage } from './stage.js';

/** A filter as a rulebook asks for it. */
export interface Wanted {
  kind: FilterKind;
  spec: FilterBase;
}

/** Settings in text, each written once: a start makes the chains of thousands of series from the few of its rulebooks. */
const texts = new WeakMap<FilterBase, string>();
function textOf(spec: FilterBase): string {
  const text = texts.get(spec) ?? JSON.stringify(spec);
  texts.set(spec, text);
  return text;
}

/**
 * The filters of a point. A rulebook looks at one series with many indicators, nearly all cleaned alike: detectors that see the same series through the same
 * filters share them as far as they are the same from the instrument on, and what each learns of the series is learnt once. What a detector gets
 * is to the last digit what filters of its own would have let through.
 *
 * All who share a series must see all of it from its first sample on: it is fed through the entry of the first stage, once a sample (`Router`).
 */
export class FilterPool {
  readonly #stages = new Map<string, Stage>();
  readonly #finders = new Map<string, JumpFinder>();

  /**
   * The filters of a series, the first nearest to the instrument; those that are not there yet are made.
   * @param series `<device> <series>`
   */
  chain(series: string, wanted: readonly Wanted[], place: FilterPlace): readonly Stage[] {
    const chain: Stage[] = [];
    let name = series;
    for (const { kind, spec } of wanted) {
      const before = name;
      name = `${before} ${textOf(spec)} ${place.accuracy} ${kind.byOutlook && place.outlook}`;
      const known = this.#stages.get(name);
      const stage = known ?? new Stage(kind.make(spec, { ...place, jumps: (options) => this.#finder(before, options) }));
      if (!known) {
        this.#stages.set(name, stage);
        chain.at(-1)?.join(stage);
      }
      chain.push(stage);
    }
    return chain;
  }

  /** @param before what the finder sees: a series behind some filters */
  #finder(before: string, options: JumpOptions): JumpFinder {
    const name = `${before} ${JSON.stringify(options)}`;
    const finder = this.#finders.get(name) ?? new JumpFinder(options);
    this.#finders.set(name, finder);
    return finder;
  }
}
