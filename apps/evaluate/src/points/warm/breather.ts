import { setImmediate } from 'node:timers/promises';

/** ms of judging on end. Longer: PUBACKs of everybody wait for one point's backlog; shorter: the loop is gone round for nothing. */
const BREATH_MS = 5;

/** Whoever works long asks now and then: undefined, it may go on; or a promise, resolved when everybody who waited has had a turn. */
export function breather(breathMs = BREATH_MS): () => Promise<void> | undefined {
  let since = performance.now();
  return () => {
    if (performance.now() - since < breathMs) return undefined;
    return setImmediate().then(() => void (since = performance.now()));
  };
}
