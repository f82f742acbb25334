import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { SiteOptions } from '#simulators/terrain';
import { siteResult, type SiteResult } from './site-result.js';

type Answer = { result: SiteResult } | { error: string };

/**
 * Judges sites side by side. Which thread judges which site makes no difference: the results come in the order of their numbers.
 * @param threads 1: in this thread
 * @throws Error of the first site that could not be judged
 */
export async function siteResults(
  count: number,
  options: SiteOptions,
  threads: number,
  progress: (done: number) => void,
): Promise<SiteResult[]> {
  const results: SiteResult[] = [];
  let next = 0;
  let done = 0;
  const tell = (result: SiteResult): void => {
    results[result.number] = result;
    progress((done += 1));
  };
  if (threads <= 1) {
    while (next < count) tell(await siteResult(next++, options));
    return results;
  }
  const workers = Array.from({ length: Math.min(threads, count) }, () => new Worker(new URL('./worker.js', import.meta.url)));
  const feed = async (worker: Worker): Promise<void> => {
    while (next < count) {
      worker.postMessage({ number: next++, options });
      const [answer] = (await once(worker, 'message')) as [Answer];
      if ('error' in answer) throw new Error(answer.error);
      tell(answer.result);
    }
  };
  try {
    await Promise.all(workers.map(feed));
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  return results;
}
