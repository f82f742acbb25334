import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Descriptors kept for everything that is no device: database, API, walls, video, files. Fewer: with many devices connected a
 * warning can't be sent, because its socket can't be opened. More: devices are refused that could be heard.
 */
const RESERVE = 1_000;

/** How many files and sockets this process may have open (the soft limit); undefined where it can't be told. */
export function descriptorLimit(): number | undefined {
  return fromProc() ?? fromShell();
}

/** Device connections that leave the reserve free; of a small limit at most half is reserved. */
export function connectionLimit(descriptors: number | undefined): number {
  if (descriptors === undefined) return Number.POSITIVE_INFINITY;
  return Math.max(descriptors - RESERVE, Math.floor(descriptors / 2));
}

/** The column after the name is the soft limit: `Max open files  20000  20000  files`. */
export function softLimit(limits: string): number | undefined {
  const [, soft] = /^Max open files\s+(\d+|unlimited)/m.exec(limits) ?? [];
  return soft === undefined || soft === 'unlimited' ? undefined : Number(soft);
}

function fromProc(): number | undefined {
  try {
    return softLimit(readFileSync('/proc/self/limits', 'utf8'));
  } catch {
    return undefined;
  }
}

/** macOS has no /proc; a shell inherits the limit and says it. */
function fromShell(): number | undefined {
  try {
    const limit = Number(execFileSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }));
    return Number.isInteger(limit) ? limit : undefined;
  } catch {
    return undefined;
  }
}
