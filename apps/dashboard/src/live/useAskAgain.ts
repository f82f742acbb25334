import { onScopeDispose, watch, type WatchSource } from 'vue';

/** A list is asked for again at most this often, ms: a release tells of a thousand deliveries within seconds. Longer shows old lists. */
const settleMs = 1_000;

/** Asks again when the wall has told of a change: of a burst once, after it. */
export function useAskAgain(changed: WatchSource | WatchSource[], ask: () => unknown): void {
  let waiting: ReturnType<typeof setTimeout> | undefined;
  watch(changed, () => {
    waiting ??= setTimeout(() => {
      waiting = undefined;
      ask();
    }, settleMs);
  });
  onScopeDispose(() => clearTimeout(waiting));
}

/** What a list watches: whether any of them came, or has another version. */
export const versionsOf = (told: Iterable<{ id: string; version: number }>): string =>
  Array.from(told, ({ id, version }) => `${id} ${version}`).join();
