import type { Bench } from './bench.js';
import { ingest } from './ingest.js';

export const benches: readonly Bench[] = [ingest];
