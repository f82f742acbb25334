/** Gaps between the samples of a series that are looked at to find its upload interval. */
const gapsKept = 2_000;

/** How often each series of an input has a sample, measured by the gaps between the first of them. */
export class Steps {
  readonly #last: number[] = [];
  readonly #gaps: number[][] = [];

  take(series: number, time: number): void {
    const own = (this.#gaps[series] ??= []);
    if (own.length >= gapsKept) return;
    const gap = time - (this.#last[series] ?? time);
    if (gap !== 0) own.push(Math.abs(gap));
    this.#last[series] = time;
  }

  /** Median gap, ms: an outage is a gap among many. Undefined of a single sample. */
  usual(series: number): number | undefined {
    const sorted = (this.#gaps[series] ?? []).toSorted((a, b) => a - b);
    return sorted[(sorted.length - 1) >> 1];
  }
}
