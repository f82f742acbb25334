/**
 * One curve: times and values in typed arrays, sorted by time, one value a time. Lives outside Vue's reactivity; charts
 * read it in an animation frame. Full buffers forget their oldest tenth.
 */
export class Series {
  #times: Float64Array;
  #values: Float64Array;
  #length = 0;
  /** Rises with every change, so that a chart knows whether to draw. */
  version = 0;

  constructor(readonly capacity: number = 20_000) {
    this.#times = new Float64Array(capacity);
    this.#values = new Float64Array(capacity);
  }

  get length(): number {
    return this.#length;
  }
  get times(): Float64Array {
    return this.#times.subarray(0, this.#length);
  }
  get values(): Float64Array {
    return this.#values.subarray(0, this.#length);
  }
  last(): { time: number; value: number } | undefined {
    const at = this.#length - 1;
    return at < 0 ? undefined : { time: this.#times[at]!, value: this.#values[at]! };
  }

  /** Puts a sample in its place; the same time again replaces the value (a replay or a correction). */
  add(time: number, value: number): void {
    if (!Number.isFinite(time) || !Number.isFinite(value)) return;
    const at = this.#place(time);
    if (at < this.#length && this.#times[at] === time) {
      if (this.#values[at] === value) return;
      this.#values[at] = value;
      this.version += 1;
      return;
    }
    if (this.#length === this.capacity) {
      if (at === 0) return; // older than everything kept
      this.#forget();
      this.add(time, value);
      return;
    }
    this.#times.copyWithin(at + 1, at, this.#length);
    this.#values.copyWithin(at + 1, at, this.#length);
    this.#times[at] = time;
    this.#values[at] = value;
    this.#length += 1;
    this.version += 1;
  }

  clear(): void {
    this.#length = 0;
    this.version += 1;
  }

  /** First index whose time is ≥ `time`. */
  #place(time: number): number {
    let low = 0;
    let high = this.#length;
    if (high === 0 || this.#times[high - 1]! < time) return high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#times[middle]! < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #forget(): void {
    const gone = Math.max(1, Math.floor(this.capacity / 10));
    this.#times.copyWithin(0, gone, this.#length);
    this.#values.copyWithin(0, gone, this.#length);
    this.#length -= gone;
  }
}

/**
 * Several curves on one time axis, as uPlot wants them: all times once, and per curve a value or null (no sample at that
 * time: the curve goes on to its next one).
 */
export function aligned(series: readonly Series[]): { times: number[]; rows: (number | null)[][] } {
  const at = series.map(() => 0);
  const times: number[] = [];
  const rows: (number | null)[][] = series.map(() => []);
  for (;;) {
    let next = Infinity;
    series.forEach((one, i) => {
      const time = one.times[at[i]!];
      if (time !== undefined && time < next) next = time;
    });
    if (next === Infinity) return { times, rows };
    times.push(next);
    series.forEach((one, i) => {
      const here = one.times[at[i]!] === next;
      rows[i]!.push(here ? one.values[at[i]!]! : null);
      if (here) at[i]! += 1;
    });
  }
}
