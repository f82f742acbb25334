import type { FilterBase, FilterKind, FilterPlace } from './kind.js';
import { JumpFinder, type JumpOptions } from './kinds/jump-finder.js';
import { Stage } from './stage.js';

/** A filter as a rulebook asks for it. */
export interface Wanted {
  kind: FilterKind;
  spec: FilterBase;
}

/** A short name for each text of settings: a start makes the chains of thousands of series from the few of its rulebooks, and every stage has a name of its own. */
const shortNames = new Map<string, string>();
const named = new WeakMap<FilterBase, string>();
function nameOf(spec: FilterBase): string {
  const known = named.get(spec);
  if (known !== undefined) return known;
  const text = JSON.stringify(spec);
  const name = shortNames.get(text) ?? `${spec.filter}${shortNames.size}`;
  shortNames.set(text, name);
  named.set(spec, name);
  return name;
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
      name = `${before} ${nameOf(spec)} ${place.accuracy} ${kind.byOutlook && place.outlook}`;
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
    const { settle, noise, sigma, least } = options;
    const name = `${before} ${settle} ${noise} ${sigma} ${least}`;
    const finder = this.#finders.get(name) ?? new JumpFinder(options);
    this.#finders.set(name, finder);
    return finder;
  }
}
