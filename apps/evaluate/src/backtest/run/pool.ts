import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { runJob, type Job, type JobProgress, type JobResult } from './job.js';

/** A job that could not be done, with what was wrong: others go on. */
export type Outcome = { result: JobResult } | { error: string };

/** Only built code can be loaded by a worker on Node 20. */
const workerFile = fileURLToPath(new URL('./worker.js', import.meta.url));

/**
 * Runs jobs side by side, as many as the machine has cores, each in a thread of its own; a single one stays in this thread. The answers
 * are in the order of the jobs, whichever ends first.
 */
export async function runJobs(
  jobs: readonly Job[],
  threads = availableParallelism(),
  progress?: (job: number, state: JobProgress) => void,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  let next = 0;
  const width = Math.min(threads, jobs.length);
  if (width <= 1 || !existsSync(workerFile)) {
    for (const [at, job] of jobs.entries()) outcomes.push(await here(job, (state) => progress?.(at, state)));
    return outcomes;
  }
  await Promise.all(
    Array.from({ length: width }, async () => {
      const worker = new Worker(workerFile, { execArgv: [] });
      try {
        for (let at = next++; at < jobs.length; at = next++)
          outcomes[at] = await there(worker, jobs[at] as Job, (state) => progress?.(at, state));
      } finally {
        await worker.terminate();
      }
    }),
  );
  return outcomes;
}

async function here(job: Job, progress: (state: JobProgress) => void): Promise<Outcome> {
  try {
    return { result: await runJob(job, progress) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

function there(worker: Worker, job: Job, progress: (state: JobProgress) => void): Promise<Outcome> {
  return new Promise((resolve) => {
    const settle = (outcome: Outcome): void => {
      worker.off('message', hear);
      worker.off('error', fail);
      worker.off('exit', gone);
      resolve(outcome);
    };
    const hear = (message: { progress: JobProgress } | Outcome): void => {
      if ('progress' in message) progress(message.progress);
      else settle(message);
    };
    const fail = (error: unknown): void => settle({ error: error instanceof Error ? error.message : String(error) });
    const gone = (code: number): void => settle({ error: `the worker thread ended with code ${code}` });
    worker.on('message', hear);
    worker.on('error', fail);
    worker.on('exit', gone);
    worker.postMessage(job);
  });
}
