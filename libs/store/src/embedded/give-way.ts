import { setPriority } from 'node:os';

/**
 * Niceness of a server process that works in the background: about a tenth of the processor when others want it. Less: a round of rollups
 * delays PUBACKs by a tenth of a second twice a minute. More: it starves on a busy machine and charts read every reading of the last hours.
 */
const NICENESS = 10;

/**
 * Lets a process of our own PostgreSQL give way to those that acknowledge readings. Costs nothing where the processor is free. Only for a
 * server that runs on this machine: elsewhere the number means another process. Where the system forbids it, everything works as before.
 */
export function giveWay(pid: number): void {
  try {
    setPriority(pid, NICENESS);
  } catch {
    // Ended meanwhile, or not ours to ask.
  }
}
