/** First and longest pause between attempts, ms. Shorter hammers a database that is coming up; longer keeps a red warning waiting after it is back. */
const firstPause = 250;
const longestPause = 5_000;

export interface RetryOptions {
  signal: AbortSignal;
  /** Called after each failure, before the pause. */
  failed: (error: unknown, attempt: number) => void;
  /** Whether another attempt may help; it always may when absent. */
  hopeful?: (error: unknown, attempt: number) => boolean;
}

/**
 * Tries until it works. What is tried must be safe to repeat.
 * @throws the last error once `signal` is aborted or nothing more is hoped for
 */
export async function untilDone<T>(work: () => Promise<T>, { signal, failed, hopeful = () => true }: RetryOptions): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      failed(error, attempt);
      if (signal.aborted || !hopeful(error, attempt)) throw error;
      await pause(Math.min(longestPause, firstPause * 2 ** (attempt - 1)), signal);
      if (signal.aborted) throw error;
    }
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done, { once: true });
  });
}
