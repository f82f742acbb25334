import { existsSync, readFileSync, readdirSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { errnoOf } from './errno.js';
import { texts } from './texts.js';

/** What `postmaster.pid` says (PostgreSQL: src/include/utils/pidfile.h): pid, data directory, start, port, …, status. */
export interface PostmasterFile {
  pid: number;
  port: number;
}

export const pidFile = (database: string): string => join(database, 'postmaster.pid');

/** Undefined if there is no such file, or a postmaster that is only just starting has not written the port yet. */
export function readPostmasterFile(database: string): PostmasterFile | undefined {
  const path = pidFile(database);
  if (!existsSync(path)) return undefined;
  const lines = readFileSync(path, 'utf8').split('\n');
  const pid = Number(lines[0]);
  return Number.isInteger(pid) && pid > 0 ? { pid, port: Number(lines[3] ?? 0) } : undefined;
}

/** Is this process alive? A zombie that nobody collects (a container without init) is not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return errnoOf(error) === 'EPERM';
  }
  if (process.platform !== 'linux') return true;
  const stat = readOrNothing(`/proc/${pid}/stat`);
  return stat !== undefined && !/^\d+ \(.*\) [ZX] /s.test(stat);
}

/** A pid is reused sooner or later: this asks whether the process is PostgreSQL and was started on this very directory (its real path). */
export function isPostgresOf(pid: number, database: string): boolean {
  if (!isAlive(pid)) return false;
  if (process.platform === 'linux') {
    // Its arguments, not its working directory: root in a container may not read the latter of another user's process.
    const [program = '', ...args] = (readOrNothing(`/proc/${pid}/cmdline`) ?? '').split('\0');
    return basename(program) === 'postgres' && args[args.indexOf('-D') + 1] === database;
  }
  const command = spawnSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout;
  return command.includes('postgres') && command.includes(database);
}

/**
 * Removes a `postmaster.pid` whose process is no longer PostgreSQL of this directory. The file also guards the shared
 * memory of server processes that outlive their postmaster for a moment, so it waits until none works here any more.
 */
export async function removeStaleFile(database: string, say: (text: string) => void): Promise<void> {
  const directory = realpathSync(database);
  const deadline = Date.now() + 10_000;
  while (orphansOf(directory) && Date.now() < deadline) await sleep(50);
  if (orphansOf(directory)) return;
  rmSync(pidFile(database), { force: true });
  say(texts.stale(pidFile(database)));
}

/** Server processes call themselves `postgres: …` and work in the cluster's directory. */
function orphansOf(directory: string): boolean {
  if (process.platform !== 'linux') return false;
  return readdirSync('/proc').some(
    (name) => /^\d+$/.test(name) && readOrNothing(`/proc/${name}/cmdline`)?.startsWith('postgres: ') === true && cwdOf(name) === directory,
  );
}

function cwdOf(pid: string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch (error) {
    return onlyIfGone(error);
  }
}

/** Waits until the process has ended; false if it has not after `limitMs`. */
export async function waitForEnd(pid: number, limitMs: number): Promise<boolean> {
  const deadline = Date.now() + limitMs;
  while (isAlive(pid)) {
    if (Date.now() > deadline) return false;
    await sleep(25);
  }
  return true;
}

function readOrNothing(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    return onlyIfGone(error);
  }
}

/** The process ended meanwhile, or is not ours to look at: either way not a server this station started. */
function onlyIfGone(error: unknown): undefined {
  if (!['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(errnoOf(error))) throw error;
}
