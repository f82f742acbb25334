/** Steps within one power of two: a figure is at most 1/32 ≈ 3 % off. */
const steps = 32;
/** Largest power of two kept, µs: 2^31 µs is half an hour, longer than any bench waits for one answer. */
const powers = 32;

/** Durations in µs, counted in steps that grow with the duration (as HdrHistogram does): bounded memory, no sample left out. */
export class Histogram {
  readonly #counts = new Float64Array(powers * steps);
  #max = 0;
  count = 0;

  /** @param micros duration; below 0 counts as 0 */
  add(micros: number): void {
    this.#counts[place(micros)]! += 1;
    this.count += 1;
    if (micros > this.#max) this.#max = micros;
  }

  /** Takes in what another process counted. */
  merge({ counts, max }: HistogramData): void {
    for (const [at, count] of counts) {
      this.#counts[at]! += count;
      this.count += count;
    }
    this.#max = Math.max(this.#max, max);
  }

  /** Duration (µs) that the share `q` of all does not exceed; 0 without a sample. */
  quantile(q: number): number {
    const wanted = Math.ceil(this.count * q);
    let seen = 0;
    for (let at = 0; at < this.#counts.length; at += 1) {
      seen += this.#counts[at]!;
      if (seen >= wanted && seen > 0) return Math.min(upper(at), this.#max);
    }
    return this.#max;
  }

  /** For another process: only the steps that hold something. */
  data(): HistogramData {
    const counts: [number, number][] = [];
    this.#counts.forEach((count, at) => {
      if (count > 0) counts.push([at, count]);
    });
    return { counts, max: this.#max };
  }

  /** What a result shows, in ms. */
  summary(): Latency {
    const ms = (q: number): number => Math.round(this.quantile(q)) / 1000;
    return { count: this.count, p50: ms(0.5), p95: ms(0.95), p99: ms(0.99), p999: ms(0.999), max: Math.round(this.#max) / 1000 };
  }
}

export interface HistogramData {
  counts: [number, number][];
  max: number;
}

/** Milliseconds. */
export interface Latency {
  count: number;
  p50: number;
  p95: number;
  p99: number;
  p999: number;
  max: number;
}

function place(micros: number): number {
  if (micros < steps) return Math.max(0, Math.floor(micros));
  const power = Math.floor(Math.log2(micros));
  const step = Math.floor((micros / 2 ** power - 1) * steps);
  return Math.min(powers * steps - 1, (power - 4) * steps + step);
}

/** Upper edge of a step, µs. */
function upper(at: number): number {
  if (at < steps) return at + 1;
  const power = Math.floor(at / steps) + 4;
  return 2 ** power * (1 + ((at % steps) + 1) / steps);
}
