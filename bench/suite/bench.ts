import type { BenchOptions } from '../options.js';
import type { Outcome } from '../report.js';

/** One line of progress. */
export type Say = (text: string) => void;

export interface Bench {
  name: string;
  /** One line for `--help`. */
  about: string;
  run(options: BenchOptions, say: Say): Promise<Outcome>;
}

export const pause = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

/** Waits, and says each second how it goes. */
export async function watch(seconds: number, say: Say, line: () => string): Promise<void> {
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    await pause(Math.min(1, (end - performance.now()) / 1000));
    say(line());
  }
}
