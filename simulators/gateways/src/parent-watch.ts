const LOOK_EVERY_MS = 1_000;

/**
 * Calls `gone` once when the process that started this one has ended, also by SIGKILL: an orphan gets another parent, and a pipe to
 * standard input closes at once. A simulator that outlived its station would hold its port and answer for a station that is dead.
 */
export function watchParent({ stdin }: { stdin: boolean }, gone: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid !== parent) finish();
  }, LOOK_EVERY_MS);
  const finish = () => {
    clearInterval(timer);
    gone();
  };
  if (!stdin) return;
  process.stdin.once('end', finish).once('close', finish).resume();
}
