import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { Stage } from '#libs/contracts';

/**
 * A counter of what happens thousands of times a second: a number until somebody asks. A counter of the library looks its (missing)
 * labels up at every count, for half a microsecond and two objects.
 */
export class Tally {
  #count = 0;

  inc(by = 1): void {
    this.#count += by;
  }

  /** What has been counted since this was last asked. */
  take(): number {
    const count = this.#count;
    this.#count = 0;
    return count;
  }
}

/** One registry a station. Metric names are `wangshan_<stage>_<what>_<unit>`. */
export class Metrics {
  readonly registry = new Registry();

  constructor(withProcess = false) {
    if (withProcess) collectDefaultMetrics({ register: this.registry });
  }

  counter<L extends string = never>(stage: Stage, name: string, help: string, labelNames: readonly L[] = []): Counter<L> {
    return new Counter({ name: `wangshan_${stage}_${name}`, help, labelNames, registers: [this.registry] });
  }

  tally(stage: Stage, name: string, help: string): Tally {
    const tally = new Tally();
    const collect = function (this: Counter): void {
      this.inc(tally.take());
    };
    this.registry.registerMetric(new Counter({ name: `wangshan_${stage}_${name}`, help, collect, registers: [] }));
    return tally;
  }

  gauge<L extends string = never>(stage: Stage, name: string, help: string, labelNames: readonly L[] = []): Gauge<L> {
    return new Gauge({ name: `wangshan_${stage}_${name}`, help, labelNames, registers: [this.registry] });
  }

  histogram<L extends string = never>(
    stage: Stage,
    name: string,
    help: string,
    buckets: number[],
    labelNames: readonly L[] = [],
  ): Histogram<L> {
    return new Histogram({ name: `wangshan_${stage}_${name}`, help, buckets, labelNames, registers: [this.registry] });
  }

  text(): Promise<string> {
    return this.registry.metrics();
  }
}
