import { z } from 'zod';
import { tidy, type Detector } from '../detector.js';
import { detectorKind, WindowText } from '../kind.js';
import { SeriesRate, type Newest } from './series-rate.js';
import type { Keeper } from '../../keep/keeper.js';

/** A neighbour this many nodes away must move at least 2^−distance as fast (Dynaslope, algorithms.md B3): half as fast next to it. */
const neighbourShare = 0.5;

interface Node {
  name: string;
  hole: string;
  rate: SeriesRate;
}

/**
 * Deep displacement (深部位移): the greatest difference in rate between neighbouring nodes of an inclinometer, where the slip surface is; channels
 * such as `L1_SW_*.dispsX` (cumulative, mm). Rates are robust slopes as in `velocity`. Unit mm/d or mm/h.
 *
 * With `neighbours: required` the faster node of a pair counts only if a node next to it moves with it, in the same direction and at least half
 * as fast: a mass takes several nodes along, a broken sensor moves alone. A slip surface between the last two nodes of a hole then
 * stays unseen; take `not-required` there. Nodes of one device are one hole; devices of a single node each (a collector's children) are one hole
 * together. Their order is that of their names, by number. Unknown until two neighbours are known; a node that lags the newest by more than the window is not. `detail` names the faster node by its place.
 * Fails by: a hole whose nodes are not numbered along it; slip below the lowest node (all nodes move alike, the difference is none).
 */
export class DeepDisplacementDetector implements Detector {
  readonly #nodes: Node[] = [];
  readonly #byName = new Map<string, Node>();
  /** Nodes that are not to be trusted now. */
  readonly #out = new Set<string>();
  readonly #newest: Newest = { time: Number.NEGATIVE_INFINITY };
  value: number | null = null;
  readonly partial = false;
  detail: { node: number; of: number; rate: number } | undefined;

  constructor(
    private readonly window: number,
    private readonly per: 'd' | 'h',
    private readonly neighbours: 'required' | 'not-required',
  ) {}

  get why() {
    if (this.value !== null) return undefined;
    if (this.#nodes.length === 0) return 'no-data' as const;
    return this.#nodes.length < 2 ? ('too-few-siblings' as const) : ('warming-up' as const);
  }

  feed(time: number, value: number, source = ''): void {
    (this.#byName.get(source) ?? this.#add(source)).rate.feed(time, value);
    this.#look();
  }

  leaveOut(source: string, out: boolean): void {
    if (out === this.#out.has(source)) return;
    if (out) this.#out.add(source);
    else this.#out.delete(source);
    this.#look();
  }

  #add(name: string): Node {
    const node = { name, hole: '', rate: new SeriesRate(this.window, this.per, this.#newest) };
    this.#byName.set(name, node);
    this.#nodes.push(node);
    this.#nodes.sort((a, b) => byNumber(a.name, b.name));
    const devices = this.#nodes.map((one) => deviceOf(one.name));
    this.#nodes.forEach((one, at) => {
      const device = devices[at] ?? '';
      one.hole = devices.filter((other) => other === device).length > 1 ? device : '';
    });
    return node;
  }

  #look(): void {
    this.value = null;
    this.detail = undefined;
    for (let at = 1; at < this.#nodes.length; at += 1) {
      const [above, below] = [this.#rate(at - 1), this.#rate(at)];
      if (above === null || below === null || this.#nodes[at - 1]?.hole !== this.#nodes[at]?.hole) continue;
      const faster = Math.abs(above) > Math.abs(below) ? at - 1 : at;
      const shear = this.neighbours === 'required' && !this.#isFollowed(faster) ? 0 : Math.abs(above - below);
      if (shear < (this.value ?? 0)) continue;
      this.value = tidy(shear);
      this.detail = { node: faster, of: this.#nodes.length, rate: this.#rate(faster) ?? 0 };
    }
  }

  #rate(at: number): number | null {
    const node = this.#nodes[at];
    return node && !this.#out.has(node.name) ? node.rate.value : null;
  }

  #isFollowed(at: number): boolean {
    const rate = this.#rate(at) ?? 0;
    return [at - 1, at + 1].some((other) => {
      const its = this.#nodes[other]?.hole === this.#nodes[at]?.hole ? this.#rate(other) : null;
      return its !== null && Math.sign(its) === Math.sign(rate) && Math.abs(its) >= Math.abs(rate) * neighbourShare;
    });
  }

  keep(k: Keeper): void {
    this.#newest.time = k.number(this.#newest.time);
    k.map(
      this.#byName,
      (name) => this.#add(name),
      (node) => node.rate.keep(k),
    );
    if (k.reading) this.#look();
  }
}

const deviceOf = (source: string): string => source.slice(0, Math.max(0, source.indexOf(' ')));

/** `L1_SW_2` before `L1_SW_10`. */
function byNumber(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => text.split(/(\d+)/)) as [string[], string[]];
  for (let at = 0; at < Math.min(left.length, right.length); at += 1) {
    const [one, other] = [left[at] as string, right[at] as string];
    if (one === other) continue;
    const order = at % 2 === 1 ? Number(one) - Number(other) : 0;
    return order === 0 ? (one < other ? -1 : 1) : order;
  }
  return left.length - right.length;
}

export const deepDisplacementKind = detectorKind({
  name: 'deep-displacement',
  about: {
    zh: '深部位移：相邻测点速率差最大值（滑动面），可要求邻点印证',
    en: 'inclinometer: greatest difference in rate between neighbouring nodes, borne out by a neighbour',
    source: 'Dynaslope; algorithms.md B3',
  },
  across: true,
  fields: {
    window: WindowText,
    neighbours: z.enum(['required', 'not-required']).default('required'),
    unit: z.enum(['mm/d', 'mm/h']),
  },
  make: (spec) => new DeepDisplacementDetector(spec.window, spec.unit === 'mm/h' ? 'h' : 'd', spec.neighbours),
  horizon: (spec) => SeriesRate.horizon(spec.window),
});
