import { setTimeout as sleep } from 'node:timers/promises';

/**
 * How long what must come may take on a machine that is busy, ms: no claim about time, those are for `npm run bench`. Shorter: a machine that
 * pauses fails what is right. Longer: of what never comes the runner's own limit tells first, without saying what was waited for.
 */
export const PATIENCE_MS = 60_000;
/** Between two looks, ms. Waiting for a condition costs at most this much more than the condition itself. */
const LOOK_EVERY_MS = 25;

/**
 * Waits until `look` answers something (not undefined, null or false) and answers it. A look that throws counts as "not yet".
 * @throws after `withinMs`, naming what was waited for and what was seen last
 */
export async function until<T>(
  what: string,
  withinMs: number,
  look: () => Promise<T | undefined | null | false> | T | undefined | null | false,
): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    let seen: unknown;
    try {
      const found = await look();
      if (found !== undefined && found !== null && found !== false) return found;
      seen = found;
    } catch (error) {
      seen = error instanceof Error ? error.message : error;
    }
    if (Date.now() >= deadline) throw new Error(`waited ${withinMs} ms for ${what}; last seen: ${String(seen)}`);
    await sleep(LOOK_EVERY_MS);
  }
}
