import { fstatSync } from 'node:fs';

const LOOK_EVERY_MS = 1_000;
const STDIN = 0;

/**
 * Calls `gone` once when the process that started this one has ended, also by SIGKILL: an orphan gets another parent, and a pipe to
 * standard input, if there is one, closes at once. A simulator that outlived its station would hold its port and answer for a station that is dead.
 */
export function watchParent(gone: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid !== parent) finish();
  }, LOOK_EVERY_MS);
  let done = false;
  const finish = () => {
    if (done) return;
    done = true;
    clearInterval(timer);
    gone();
  };
  if (!heldByPipe()) return;
  process.stdin.once('end', finish).once('close', finish).resume();
}

/** A terminal or /dev/null says nothing about the parent; a pipe does. */
function heldByPipe(): boolean {
  try {
    const kind = fstatSync(STDIN);
    return kind.isFIFO() || kind.isSocket();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EBADF') return false;
    throw error;
  }
}
