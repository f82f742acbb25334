import type { Bench } from './bench.js';
import { connections } from './connections.js';
import { ingest } from './ingest.js';
import { latency } from './latency.js';
import { soak } from './soak.js';

export const benches: readonly Bench[] = [ingest, latency, connections, soak];
