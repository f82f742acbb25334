/** Rows a block holds: large enough that a block is rarely made, small enough that little is made in vain. */
const blockSize = 1 << 15;

/** Rows of a file in columns, 28 bytes each: what is still to be sorted, or to be judged. */
export class Rows {
  #count = 0;
  readonly #times: Float64Array[] = [];
  readonly #values: Float64Array[] = [];
  readonly #receiveds: Float64Array[] = [];
  readonly #series: Int32Array[] = [];

  get count(): number {
    return this.#count;
  }

  row(time: number, series: number, value: number, received: number): void {
    const at = this.#count % blockSize;
    const block = (this.#count - at) / blockSize;
    if (block === this.#times.length) this.#grow();
    (this.#times[block] as Float64Array)[at] = time;
    (this.#values[block] as Float64Array)[at] = value;
    (this.#receiveds[block] as Float64Array)[at] = received;
    (this.#series[block] as Int32Array)[at] = series;
    this.#count += 1;
  }

  time(row: number): number {
    return (this.#times[(row / blockSize) | 0] as Float64Array)[row % blockSize] as number;
  }
  value(row: number): number {
    return (this.#values[(row / blockSize) | 0] as Float64Array)[row % blockSize] as number;
  }
  series(row: number): number {
    return (this.#series[(row / blockSize) | 0] as Int32Array)[row % blockSize] as number;
  }
  /** When it arrived: its own time where the file does not say. */
  arrived(row: number): number {
    const received = (this.#receiveds[(row / blockSize) | 0] as Float64Array)[row % blockSize] as number;
    return received === received ? received : this.time(row);
  }

  /** Empty again; the memory stays. */
  clear(): void {
    this.#count = 0;
  }

  #grow(): void {
    this.#times.push(new Float64Array(blockSize));
    this.#values.push(new Float64Array(blockSize));
    this.#receiveds.push(new Float64Array(blockSize));
    this.#series.push(new Int32Array(blockSize));
  }
}
