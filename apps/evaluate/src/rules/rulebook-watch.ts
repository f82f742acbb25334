import { watch, type FSWatcher } from 'node:fs';
import { folderStamp } from './rulebook-files.js';

/**
 * Look at the folder itself. Network shares and some container mounts tell nobody of a change; this is how late one is then seen at most.
 * Shorter reads the folder for nothing all day.
 */
const POLL_MS = 5_000;
/** After the first notice of a change: editors and copies write a file in several steps, and half a file is a bad file for a moment. */
const SETTLE_MS = 300;

/**
 * Calls back when a rule file is written, comes or goes: by the operating system's notice where there is one, else by looking.
 * @param known stamp of the folder as it was read last: what has changed since is told at once
 * @param changed one call at a time; another change meanwhile leads to another call
 * @param looked after each look without a change
 * @returns ends the watch and waits for a call under way
 */
export function watchRulebooks(
  directory: string,
  known: string,
  changed: () => Promise<void>,
  looked: () => void = () => undefined,
): () => Promise<void> {
  let seen = known;
  let ended = false;
  let settle: NodeJS.Timeout | undefined;
  let looking: Promise<void> = Promise.resolve();

  const look = (): void => {
    looking = looking.then(async () => {
      if (ended) return;
      const stamp = await folderStamp(directory);
      if (stamp === seen) return looked();
      seen = stamp;
      await changed();
    });
  };
  const soon = (): void => {
    clearTimeout(settle);
    settle = setTimeout(look, SETTLE_MS);
  };

  let watcher: FSWatcher | undefined;
  try {
    watcher = watch(directory, { persistent: false }, soon);
    // A folder that is replaced ends its notices; looking goes on.
    watcher.on('error', () => watcher?.close());
  } catch {
    // No notices here: looking finds it.
  }
  look();
  const poll = setInterval(look, POLL_MS);
  poll.unref();

  return async () => {
    ended = true;
    clearInterval(poll);
    clearTimeout(settle);
    watcher?.close();
    await looking;
  };
}
