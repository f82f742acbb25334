import { setTimeout as sleep } from 'node:timers/promises';
import { texts } from './texts.js';

export interface Watched {
  isRunning: () => boolean;
  /** Brings the server back on the address it had; rejects when it did not come up. */
  restart: () => Promise<void>;
  say: (text: string) => void;
}

/** How often the server is looked for, ms. Longer: devices wait for their PUBACK that much longer; shorter only burns CPU. */
const LOOK_MS = 500;
/**
 * Pause after a start that failed, ms, doubled each time up to the limit. Shorter floods the log of a full disk; longer leaves the slope
 * unjudged after the cause is gone.
 */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;

/**
 * Looks after a server that somebody else may end (the kernel out of memory, an operator's kill): without it a station would refuse
 * readings until a person comes. Never gives up.
 * @returns stops looking; resolves when no start is under way any more
 */
export function watch({ isRunning, restart, say }: Watched): () => Promise<void> {
  const ended = new AbortController();
  const looking = look();
  return async () => {
    ended.abort();
    await looking;
  };

  async function look(): Promise<void> {
    let pause = FIRST_PAUSE_MS;
    while (await wait(LOOK_MS)) {
      if (isRunning()) continue;
      say(texts.gone);
      try {
        await restart();
        pause = FIRST_PAUSE_MS;
        say(texts.back);
      } catch (error) {
        say(error instanceof Error ? error.message : String(error));
        await wait(pause);
        pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
      }
    }
  }

  /** False once it is over. */
  async function wait(ms: number): Promise<boolean> {
    if (ended.signal.aborted) return false;
    return sleep(ms, true, { signal: ended.signal, ref: false }).catch((error: unknown) => {
      if (ended.signal.aborted) return false;
      throw error;
    });
  }
}
