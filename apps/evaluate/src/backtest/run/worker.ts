import { parentPort } from 'node:worker_threads';
import { runJob, type Job } from './job.js';

// Loaded as a worker thread only (pool.ts): one job at a time, its progress and its result as messages.
parentPort?.on('message', (job: Job) => {
  runJob(job, (progress) => parentPort?.postMessage({ progress })).then(
    (result) => parentPort?.postMessage({ result }),
    (error: unknown) => parentPort?.postMessage({ error: error instanceof Error ? error.message : String(error) }),
  );
});
