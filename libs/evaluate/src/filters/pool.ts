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

/** Where a series stands behind some filters, and what is there: the filters that come next, and the finders of jumps that see it. */
class Branch {
  readonly #next: { text: string; accuracy: number | undefined; outlook: number | undefined; behind: Branch }[] = [];
  readonly #finders: { options: JumpOptions; finder: JumpFinder }[] = [];

  /** @param stage what comes before; undefined right behind the instrument */
  constructor(readonly stage?: Stage) {}

  /** Behind one filter more; it is made where it is not there yet. */
  behind({ kind, spec }: Wanted, place: FilterPlace): Branch {
    const text = textOf(spec);
    const { accuracy } = place;
    const outlook = kind.byOutlook ? place.outlook : undefined;
    for (const one of this.#next) if (one.text === text && one.accuracy === accuracy && one.outlook === outlook) return one.behind;
    const stage = new Stage(kind.make(spec, { ...place, jumps: (options) => this.#finder(options) }));
    this.stage?.join(stage);
    const behind = new Branch(stage);
    this.#next.push({ text, accuracy, outlook, behind });
    return behind;
  }

  #finder(options: JumpOptions): JumpFinder {
    const { settle, noise, sigma, least } = options;
    for (const { options: other, finder } of this.#finders)
      if (other.settle === settle && other.noise === noise && other.sigma === sigma && other.least === least) return finder;
    const finder = new JumpFinder(options);
    this.#finders.push({ options, finder });
    return finder;
  }
}

/**
 * The filters of a point. A rulebook looks at one series with many indicators, nearly all cleaned alike: detectors that see the same series through the same
 * filters share them as far as they are the same from the instrument on, and what each learns of the series is learnt once. What a detector gets
 * is to the last digit what filters of its own would have let through.
 *
 * All who share a series must see all of it from its first sample on: it is fed through the entry of the first stage, once a sample (`Router`).
 */
export class FilterPool {
  readonly #series = new Map<string, Branch>();

  /**
   * The filters of a series, the first nearest to the instrument; those that are not there yet are made.
   * @param series `<device> <series>`
   */
  chain(series: string, wanted: readonly Wanted[], place: FilterPlace): readonly Stage[] {
    let branch = this.#series.get(series) ?? new Branch();
    this.#series.set(series, branch);
    const chain: Stage[] = [];
    for (const one of wanted) {
      branch = branch.behind(one, place);
      if (branch.stage) chain.push(branch.stage);
    }
    return chain;
  }
}
