/** A point of the line that is sought. */
export interface Place {
  /** ms */
  time: number;
  value: number;
}

/**
 * Median of the slopes of all pairs (Theil 1950, Sen 1968). Most samples only move the last place: the slopes between the others stay
 * sorted from one sample to the next, and a sample costs n slopes instead of n²/2.
 */
export class TheilSen {
  readonly #settled: Float64Array;
  readonly #own: Float64Array;
  #settledCount = 0;
  #stale = true;

  /** @param most places at most */
  constructor(most: number) {
    this.#settled = new Float64Array(((most - 1) * (most - 2)) / 2);
    this.#own = new Float64Array(most - 1);
  }

  /** Another place than the last has moved, come or gone. */
  changed(): void {
    this.#stale = true;
  }

  /** @param places oldest first, at least two, at different times. Unit: value a ms */
  slope(places: readonly Place[]): number {
    if (this.#stale) this.#settle(places);
    const last = places.length - 1;
    const own = this.#own;
    for (let at = 0; at < last; at += 1) {
      const slope = slopeBetween(places[at] as Place, places[last] as Place);
      // Kept sorted while it is filled: two dozen numbers, nearly in order from one sample to the next.
      let to = at;
      for (; to > 0 && (own[to - 1] as number) > slope; to -= 1) own[to] = own[to - 1] as number;
      own[to] = slope;
    }
    return medianOfTwo(this.#settled, this.#settledCount, own, last);
  }

  #settle(places: readonly Place[]): void {
    let count = 0;
    for (let a = 0; a < places.length - 1; a += 1)
      for (let b = a + 1; b < places.length - 1; b += 1) this.#settled[count++] = slopeBetween(places[a] as Place, places[b] as Place);
    this.#settled.subarray(0, count).sort();
    this.#settledCount = count;
    this.#stale = false;
  }
}

const slopeBetween = (a: Place, b: Place): number => (b.value - a.value) / (b.time - a.time);

/** Median of the first numbers of two sorted lists together. */
function medianOfTwo(a: Float64Array, countA: number, b: Float64Array, countB: number): number {
  const count = countA + countB;
  const middle = count >> 1;
  let fromA = 0;
  let fromB = 0;
  let before = Number.NaN;
  let now = Number.NaN;
  while (fromA + fromB <= middle) {
    before = now;
    if (fromB >= countB || (fromA < countA && (a[fromA] as number) <= (b[fromB] as number))) now = a[fromA++] as number;
    else now = b[fromB++] as number;
  }
  return count % 2 === 1 ? now : (now + before) / 2;
}
