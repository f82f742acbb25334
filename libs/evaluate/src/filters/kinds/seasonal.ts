import { DAY } from '#libs/contracts';
import type { Filter, Pass } from '../filter.js';
import { filterKind, SizeText } from '../kind.js';
import { StretchText } from '../../text/quantity.js';
import { median } from './median.js';
import type { Keeper } from '../../keep/keeper.js';

/** Complete periods the component is the median of. More: it follows the season of the sun late; fewer: one day of motion bends it. */
const remembered = 8;
/** Periods needed before anything is taken off. */
const least = 3;
/** Samples a period needs, spread over it, to bear four unknowns. */
const samplesNeeded = 8;

/** Sums of one period: products of the columns 1, t, cos, sin among themselves, and with the value. */
interface Period {
  index: number;
  n: number;
  origin: number;
  square: Float64Array;
  right: Float64Array;
  wave: readonly [number, number] | null | undefined;
}

/**
 * Takes the daily wave off a series (sun on a crack meter, a tilt meter, a mast): x = a + b·t + c·cos θ + s·sin θ is fitted to each complete period by least
 * squares, with its own trend so that motion is no wave, and the median c and s of the last eight periods before a sample's own are taken off it. Nothing
 * ahead of time is used.
 *
 * `most` bounds the amplitude taken off: so much, and no more, can motion ever be hidden by it. Warm-up: three periods, in which all passes as it is. Fails
 * by: weather (the wave of a sunny week is taken off the first day of rain: an error of up to twice its amplitude for some days); a wave that is no sine (half of a sharp noon peak stays).
 * Not for the year: eight years are not read again at a start; `step-like` compares with earlier seasons instead. No temperature channel is used.
 */
export class SeasonalFilter implements Filter {
  #periods: Period[] = [];
  #newest = Number.NEGATIVE_INFINITY;
  #taken = 0;
  /** The wave in force in a period: it hangs on the periods before it. */
  #known: { index: number; wave: readonly [number, number] } | null = null;

  constructor(
    private readonly period: number,
    private readonly most: number,
  ) {}

  get detail() {
    return { taken: this.#taken };
  }

  feed(time: number, value: number, pass: Pass): void {
    const index = Math.floor(time / this.period);
    const phase = time / this.period - index;
    this.#add(index, phase, value);
    if (this.#known?.index !== index) this.#known = { index, wave: this.#waveBefore(index) };
    const [c, s] = this.#known.wave;
    const angle = 2 * Math.PI * phase;
    const wave = c * Math.cos(angle) + s * Math.sin(angle);
    if (time >= this.#newest) {
      this.#newest = time;
      this.#taken = wave;
    }
    pass(time, value - wave);
  }

  #add(index: number, phase: number, value: number): void {
    const newest = this.#periods.at(-1)?.index ?? index;
    if (index < newest - remembered) return;
    let place = this.#periods.length;
    while (place > 0 && (this.#periods[place - 1] as Period).index > index) place -= 1;
    let period = this.#periods[place - 1];
    if (period?.index !== index) {
      period = { index, n: 0, origin: value, square: new Float64Array(16), right: new Float64Array(4), wave: undefined };
      this.#periods.splice(place, 0, period);
      if (index > newest) this.#periods = this.#periods.filter((one) => one.index >= index - remembered);
    }
    if (this.#known && index < this.#known.index) this.#known = null;
    const row = [1, phase, Math.cos(2 * Math.PI * phase), Math.sin(2 * Math.PI * phase)];
    for (let i = 0; i < 4; i += 1) {
      for (let j = 0; j < 4; j += 1)
        period.square[4 * i + j] = (period.square[4 * i + j] as number) + (row[i] as number) * (row[j] as number);
      period.right[i] = (period.right[i] as number) + (row[i] as number) * (value - period.origin);
    }
    period.n += 1;
    period.wave = undefined;
  }

  /** Cosine and sine parts of the wave as the periods before `index` have it, no larger than `most`. */
  #waveBefore(index: number): readonly [number, number] {
    const waves: (readonly [number, number])[] = [];
    for (const period of this.#periods) {
      if (period.index >= index || period.index < index - remembered) continue;
      if (period.wave === undefined) period.wave = period.n < samplesNeeded ? null : waveOf(period);
      if (period.wave) waves.push(period.wave);
    }
    if (waves.length < least) return [0, 0];
    const c = median(waves.map(([one]) => one));
    const s = median(waves.map(([, one]) => one));
    const amplitude = Math.hypot(c, s);
    const share = amplitude > this.most ? this.most / amplitude : 1;
    return [c * share, s * share];
  }

  keep(k: Keeper): void {
    this.#newest = k.number(this.#newest);
    this.#taken = k.number(this.#taken);
    const count = k.count(this.#periods.length);
    for (let at = 0; at < count; at += 1) {
      const one = (this.#periods[at] ??= {
        index: 0,
        n: 0,
        origin: 0,
        square: new Float64Array(16),
        right: new Float64Array(4),
        wave: undefined,
      });
      for (const name of ['index', 'n', 'origin'] as const) one[name] = k.number(one[name]);
      k.list(one.square);
      k.list(one.right);
    }
  }
}

/** Solves the four normal equations (Gauss, largest pivot first); null when the samples do not spread over the period. */
function waveOf({ square, right, n }: Period): readonly [number, number] | null {
  const rows = Array.from({ length: 4 }, (_, i) => [...square.subarray(4 * i, 4 * i + 4), right[i] as number]);
  for (let i = 0; i < 4; i += 1) {
    let best = i;
    for (let j = i + 1; j < 4; j += 1) if (Math.abs(rows[j]?.[i] ?? 0) > Math.abs(rows[best]?.[i] ?? 0)) best = j;
    const pivot = rows[best] as number[];
    rows[best] = rows[i] as number[];
    rows[i] = pivot;
    // A hundredth of what evenly spread samples have: phases bunched together bear no wave.
    if (Math.abs(pivot[i] as number) < n * 1e-3) return null;
    for (let j = 0; j < 4; j += 1) {
      if (j === i) continue;
      const other = rows[j] as number[];
      const share = (other[i] as number) / (pivot[i] as number);
      for (let k = i; k < 5; k += 1) other[k] = (other[k] as number) - share * (pivot[k] as number);
    }
  }
  const answer = (i: number): number => (rows[i]?.[4] ?? 0) / (rows[i]?.[i] ?? 1);
  return [answer(2), answer(3)];
}

export const seasonalKind = filterKind({
  name: 'seasonal',
  about: {
    zh: '扣除日周期（温度）分量，扣除幅度有上限',
    en: 'takes the daily wave off, up to a bound',
    source: 'algorithms.md B12',
  },
  fields: {
    period: StretchText.refine((ms) => ms <= 7 * DAY, 'expected at most 7 d: a longer wave cannot be told from motion in time').prefault(
      '1 d',
    ),
    most: SizeText,
  },
  make: ({ period, most }) => new SeasonalFilter(period, most.value),
  horizon: ({ period }) => (remembered + 1) * period,
});
