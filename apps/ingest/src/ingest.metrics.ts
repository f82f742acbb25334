import type { Metrics } from '#libs/platform';

/** What ingest counts. */
export const ingestMetrics = (metrics: Metrics) => ({
  accepted: metrics.tally('ingest', 'packets_accepted_total', 'Packets of which everything is durable'),
  rejected: metrics.counter('ingest', 'packets_rejected_total', 'Packets that could not be made durable; the device sends them again'),
  resent: metrics.counter('ingest', 'packets_resent_total', 'Resends without device time, recognised by their payload'),
  stored: metrics.counter('ingest', 'readings_stored_total', 'New readings committed'),
  duplicate: metrics.counter('ingest', 'readings_duplicate_total', 'Readings the store already had'),
  quarantined: metrics.counter('ingest', 'quarantined_total', 'Payloads put aside, by reason', ['reason']),
  commitSeconds: metrics.histogram(
    'ingest',
    'commit_seconds',
    'Duration of one commit',
    [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2, 10],
  ),
  commitReadings: metrics.histogram('ingest', 'commit_readings', 'Readings in one commit', [1, 3, 10, 30, 100, 300, 1000, 3000]),
  waiting: metrics.gauge('ingest', 'waiting_readings', 'Readings that wait for the running commit'),
  unannounced: metrics.gauge('ingest', 'unannounced_readings', 'Readings committed and not yet judged'),
});
export type IngestMetrics = ReturnType<typeof ingestMetrics>;
