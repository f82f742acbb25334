import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { Stage } from '#libs/contracts';

/** One registry a station. Metric names are `wangshan_<stage>_<what>_<unit>`. */
export class Metrics {
  readonly registry = new Registry();

  constructor(withProcess = false) {
    if (withProcess) collectDefaultMetrics({ register: this.registry });
  }

  counter<L extends string = never>(stage: Stage, name: string, help: string, labelNames: readonly L[] = []): Counter<L> {
    return new Counter({ name: `wangshan_${stage}_${name}`, help, labelNames, registers: [this.registry] });
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
