/** What a worker process is to do: work off the outbox of a database until it is told to stop. */
export interface WorkerJob {
  /** postgres:// */
  url: string;
  dataKey: string;
  owner: string;
  /**
   * The gateway simulator's port, reached by the vendor's SDK, with a `second` vendor behind the first; or a provider in the process that
   * takes everything after so many ms, which shows what the engine itself costs.
   */
  provider: { gateway: number; second?: boolean } | { latencyMs: number };
  /** Added to the clock, so that no bench runs into the quiet hours. */
  clockAheadMs: number;
  sign: string;
  leaseMs?: number;
  requestMs?: number;
}

/** A worker says these words; it is told `wake` and `end`. */
export type WorkerWord = { said: 'ready' } | { said: 'failed'; error: string };
export type WorkerOrder = 'wake' | 'end';
