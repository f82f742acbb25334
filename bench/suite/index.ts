import { backtest } from './backtest.js';
import type { Bench } from './bench.js';
import { connections } from './connections.js';
import { evaluate } from './evaluate.js';
import { ingest } from './ingest.js';
import { latency } from './latency.js';
import { notify } from './notify.js';
import { query } from './query.js';
import { soak } from './soak.js';
import { storage } from './storage.js';
import { warmStart } from './warm-start.js';

export const benches: readonly Bench[] = [ingest, latency, connections, query, storage, soak, backtest, evaluate, notify, warmStart];
