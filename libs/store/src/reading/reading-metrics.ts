import type { Logger, Metrics } from '#libs/platform';
import type { ReadingObserver } from './reading.js';

/** Seconds. A group commit on an SSD takes 1–5 ms; above a second the disk is in trouble. */
const commitBuckets = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1, 5];

/** Of each registry: a station whose database went away while it was opened opens it again, and a name is registered once. */
const known = new WeakMap<Metrics, ReturnType<typeof register>>();

function register(metrics: Metrics) {
  return {
    seconds: metrics.histogram('store', 'commit_seconds', 'Time of one group commit of readings', commitBuckets),
    committed: metrics.counter('store', 'readings_committed_total', 'Readings handed to group commits that succeeded, duplicates included'),
    refused: metrics.counter('store', 'readings_refused_total', 'Readings the database refused because of their data', ['state']),
    conflicted: metrics.counter(
      'store',
      'readings_conflicting_total',
      'Readings that came with another value than the one stored for their time; in quarantine as conflict',
    ),
  };
}

/** Commits and refusals as metrics; every refused reading is one line of the log, without its value. */
export function readingObserver(metrics: Metrics, logger: Logger): ReadingObserver {
  const counters = known.get(metrics) ?? register(metrics);
  known.set(metrics, counters);
  return {
    conflicted: (readings) => counters.conflicted.inc(readings),
    committed(readings, took) {
      counters.seconds.observe(took);
      counters.committed.inc(readings);
    },
    refused({ deviceId, hazardPoint }, error) {
      counters.refused.inc({ state: error.sqlState });
      logger.warn({ deviceId, hazardPoint, sqlState: error.sqlState }, 'reading refused by the database, put in quarantine');
    },
  };
}
