import { realpathSync } from 'node:fs';
import { writeArchiveScripts } from '../backup/archive.js';
import { databaseAccount } from './account.js';
import { findBinaries } from './binaries.js';
import { openCluster, roleName } from './cluster.js';
import { freePort, isFree } from './free-port.js';
import { findPlace, type Place } from './place.js';
import { isAlive, isPostgresOf, pidFile, readPostmasterFile, removeStaleFile, waitForEnd } from './postmaster.js';
import { launch } from './launch.js';
import { dropDatabase, ensureDatabase, waitUntilReady } from './ready.js';
import { EmbeddedPostgresError, texts } from './texts.js';
import { watch } from './watch.js';

export interface EmbeddedPostgresOptions {
  dataDir: string;
  /** 0 = any free port, kept for the next start while it stays free. */
  port: number;
  /** Progress and surprises, for people. */
  say: (text: string) => void;
  /** False only for tests that don't test durability. Default true. */
  durable?: boolean;
}

export interface EmbeddedPostgres {
  url: string;
  port: number;
  /** Of the server now running: another one after `keepRunning` had to start it again. */
  readonly pid: number;
  /** Found running and taken over. */
  adopted: boolean;
  /** The cluster's directory. */
  directory: string;
  log: string;
  /** Makes a further database (unless it is there) and answers its address. */
  createDatabase(name: string): Promise<string>;
  dropDatabase(name: string): Promise<void>;
  /** From now on a server that ends without `stop` is started again, on the same port. */
  keepRunning(): void;
  /** Fast shutdown; resolves when the server's process has ended. */
  stop(): Promise<void>;
}

/** Time for a fast shutdown's checkpoint, ms. Shorter turns a slow disk into crash recovery at the next start; longer hangs Ctrl-C. */
const FAST_SHUTDOWN_MS = 60_000;
const IMMEDIATE_SHUTDOWN_MS = 10_000;

/**
 * Starts the PostgreSQL of a data directory, or takes over the one a killed station left running. It runs in a process
 * session of its own: what ends the station (Ctrl-C, a signal to its process group) does not reach it; `stop()` does.
 * @throws EmbeddedPostgresError saying what to do
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { say, durable = true } = options;
  const account = databaseAccount(say);
  const place = findPlace(options.dataDir, account, say);
  const binaries = await findBinaries(account, say);
  const password = await openCluster(place, account, binaries, durable, say);
  const database = realpathSync(place.database);

  const left = await findRunning(database, options.port, place, password, say);
  const server = left ?? (await start());
  let unwatch: () => Promise<void> = () => Promise.resolve();

  await ensureDatabase(server.port, password, roleName);
  place.remember(server.port);
  if (left) say(texts.adopted(left.pid, left.port));
  const urlOf = (name: string): string => `postgres://${roleName}:${password}@127.0.0.1:${server.port}/${name}`;
  return {
    url: urlOf(roleName),
    port: server.port,
    get pid() {
      return server.pid;
    },
    adopted: left !== undefined,
    directory: database,
    log: place.log,
    async createDatabase(name) {
      await ensureDatabase(server.port, password, name);
      return urlOf(name);
    },
    dropDatabase: (name) => dropDatabase(server.port, password, name),
    keepRunning() {
      unwatch = watch({
        isRunning: () => isPostgresOf(server.pid, database),
        // Its pools have the address: only the same port brings them back.
        restart: async () => void (server.pid = (await start(server.port)).pid),
        say,
      });
    },
    async stop() {
      await unwatch();
      await stop(server.pid, database, place.log);
    },
  };

  async function start(again?: number): Promise<{ pid: number; port: number }> {
    const port = again ?? (await choosePort(options.port, place.port));
    writeArchiveScripts(database, account);
    const child = launch({ account, binaries, database, log: place.log, port, durable });
    await waitUntilReady({ pid: child.pid, port, password, log: place.log, failed: child.failed, say });
    return { pid: child.pid, port };
  }
}

/** A configured port must be free; a remembered one is only a preference. */
async function choosePort(configured: number, remembered: number | undefined): Promise<number> {
  if (configured !== 0) {
    if (!(await isFree(configured))) throw new EmbeddedPostgresError(texts.portBusy(configured));
    return configured;
  }
  return remembered !== undefined && (await isFree(remembered)) ? remembered : freePort();
}

/** The postmaster a killed station left behind, ready to serve; undefined if there is none. */
async function findRunning(
  database: string,
  configuredPort: number,
  place: Place,
  password: string,
  say: (text: string) => void,
): Promise<{ pid: number; port: number } | undefined> {
  const found = readPostmasterFile(database);
  if (!found) return undefined;
  if (!isPostgresOf(found.pid, database)) {
    // With the process gone PostgreSQL clears its own file; a pid that another process has by now would stop it.
    if (isAlive(found.pid)) await removeStaleFile(database, say);
    return undefined;
  }
  const port = found.port || place.port || configuredPort;
  if (configuredPort !== 0 && port !== configuredPort) {
    if (!(await isFree(configuredPort))) throw new EmbeddedPostgresError(texts.portBusy(configuredPort));
    await stop(found.pid, database, place.log);
    return undefined;
  }
  try {
    await waitUntilReady({ pid: found.pid, port, password, log: place.log, say });
  } catch (error) {
    // It was already shutting down when we found it.
    if (!isAlive(found.pid)) return undefined;
    throw error;
  }
  return { pid: found.pid, port };
}

async function stop(pid: number, database: string, log: string): Promise<void> {
  if (!isPostgresOf(pid, database)) return;
  process.kill(pid, 'SIGINT');
  if (await waitForEnd(pid, FAST_SHUTDOWN_MS)) return;
  // Immediate: no checkpoint, recovery at the next start; nothing committed is lost.
  process.kill(pid, 'SIGQUIT');
  if (!(await waitForEnd(pid, IMMEDIATE_SHUTDOWN_MS))) throw new EmbeddedPostgresError(texts.silent(pid, `${log} (${pidFile(database)})`));
}
