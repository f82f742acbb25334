import { parentPort } from 'node:worker_threads';
import type { SiteOptions } from '#simulators/terrain';
import { siteResult } from './site-result.js';

// Loaded as a worker thread only (pool.ts): a site's number in, its result or what went wrong out.
parentPort?.on('message', ({ number, options }: { number: number; options: SiteOptions }) => {
  siteResult(number, options).then(
    (result) => parentPort?.postMessage({ result }),
    (error: unknown) => parentPort?.postMessage({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
