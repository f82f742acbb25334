import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** The data directory is in use by a living station. */
export class DataDirBusy extends Error {
  override readonly name = 'DataDirBusy';
}

/**
 * A process and when it began, so that a number the system has given to another program since is not taken for a living
 * station. Empty where the system doesn't tell (not Linux): then the number alone decides.
 */
function startOf(pid: number): string {
  const file = `/proc/${pid}/stat`;
  if (!existsSync(file)) return '';
  // Field 22, counted after the closing bracket of the command name, which may hold blanks (proc(5)).
  const stat = readFileSync(file, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

function alive(pid: number, start: string): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return start === '' || startOf(pid) === start;
}

/**
 * Keeps two stations from one data directory: they would both send. A lock whose process is gone (SIGKILL, power) is taken over.
 * @returns gives the lock back
 * @throws DataDirBusy naming the other process
 */
export function lockDataDir(dataDir: string): () => void {
  // Others may enter (the embedded database runs as another user); what is secret in it is 0600.
  mkdirSync(dataDir, { recursive: true, mode: 0o755 });
  const file = path.join(dataDir, 'station.pid');
  const take = () => writeFileSync(file, `${process.pid} ${startOf(process.pid)}`, { flag: 'wx' });
  try {
    take();
  } catch {
    const [pid = '', start = ''] = readFileSync(file, 'utf8').split(' ');
    const other = Number(pid);
    if (other !== process.pid && Number.isInteger(other) && other > 0 && alive(other, start)) {
      throw new DataDirBusy(
        `The data directory ${dataDir} is in use by process ${other}. Stop that station, or give this one another WANGSHAN_DATA_DIR.`,
      );
    }
    rmSync(file, { force: true });
    take();
  }
  return () => rmSync(file, { force: true });
}
