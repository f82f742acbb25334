import type { Metrics } from '#libs/platform';

export class EvaluateMetrics {
  readonly readings;
  readonly decisions;
  readonly points;
  readonly broken;

  constructor(metrics: Metrics) {
    this.readings = metrics.tally('evaluate', 'readings_total', 'Stored readings handed to a point for judgement');
    this.decisions = metrics.counter('evaluate', 'decisions_total', 'Decisions by level and certainty', ['level', 'certainty']);
    this.points = metrics.gauge('evaluate', 'points', 'Hazard points under judgement');
    this.broken = metrics.counter('evaluate', 'broken_points_total', 'Times a point stopped being judged because of an error');
  }
}
