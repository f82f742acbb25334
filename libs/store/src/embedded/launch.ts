import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { plainEnvironment, type Account } from './account.js';
import type { Binaries } from './binaries.js';
import { serverSettings } from './server-settings.js';
import { EmbeddedPostgresError, texts } from './texts.js';

export interface LaunchOptions {
  account: Account;
  binaries: Binaries;
  database: string;
  log: string;
  port: number;
  durable: boolean;
  /** Beside those of every start: recovery needs its own. */
  settings?: Readonly<Record<string, string>>;
}

/** Above this the log is put aside at the next start, so that it never fills the disk the readings need. */
const LOG_LIMIT = 16 * 1024 * 1024;

/**
 * Starts `postgres` in a session of its own (`detached` = setsid), its output going straight to the log file: no pipe
 * that breaks when the station dies.
 * @returns its pid and a check that throws nothing but tells whether it has ended already
 */
export function launch(options: LaunchOptions): { pid: number; failed: () => string | undefined } {
  if (existsSync(options.log) && statSync(options.log).size > LOG_LIMIT) renameSync(options.log, `${options.log}.1`);
  const log = openSync(options.log, 'a', 0o600);
  const child = spawn(
    join(options.binaries.directory, 'bin', 'postgres'),
    ['-D', options.database, ...serverSettings(options.port, options.durable, options.settings)],
    { ...options.account.ids, cwd: '/', env: plainEnvironment(), detached: true, stdio: ['ignore', log, log] },
  );
  closeSync(log);
  let ended: string | undefined;
  child.once('error', (error) => (ended = error.message));
  child.once('exit', (code, signal) => (ended = `exit ${code ?? signal}`));
  child.unref();
  if (child.pid === undefined) throw new EmbeddedPostgresError(texts.failed('postgres', options.log, ''));
  return { pid: child.pid, failed: () => ended };
}
