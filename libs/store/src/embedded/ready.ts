import { existsSync, readFileSync } from 'node:fs';
import { Client, DatabaseError } from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import { roleName } from './cluster.js';
import { isAlive } from './postmaster.js';
import { EmbeddedPostgresError, texts } from './texts.js';

/** Recovery after a crash reads up to `max_wal_size` of log: minutes on a slow disk. Giving up sooner would never get through it. */
const READY_LIMIT_MS = 300_000;
/** After this people are told why nothing happens. */
const TELL_AFTER_MS = 5_000;

export interface WaitOptions {
  pid: number;
  port: number;
  password: string;
  log: string;
  /** How the process ended, if it has; for one this process started. */
  failed?: () => string | undefined;
  say: (text: string) => void;
}

/**
 * Resolves when the server takes connections.
 * @throws EmbeddedPostgresError if its process ends first, or it stays silent
 */
export async function waitUntilReady(options: WaitOptions): Promise<void> {
  const began = Date.now();
  let told = false;
  while (Date.now() - began < READY_LIMIT_MS) {
    if (await connects(options.port, options.password)) return;
    const ended = options.failed?.();
    if (ended !== undefined || !isAlive(options.pid)) throw startFailure(options, ended ?? 'postgres');
    if (!told && Date.now() - began > TELL_AFTER_MS) {
      told = true;
      options.say(texts.waiting(options.pid));
    }
    await sleep(25);
  }
  throw new EmbeddedPostgresError(texts.silent(options.pid, options.log));
}

function startFailure(options: WaitOptions, ended: string): EmbeddedPostgresError {
  const tail = existsSync(options.log) ? readFileSync(options.log, 'utf8').slice(-1500) : '';
  if (/could not bind|Address already in use/.test(tail)) return new EmbeddedPostgresError(texts.portBusy(options.port));
  return new EmbeddedPostgresError(texts.failed(`postgres (${ended})`, options.log, tail));
}

const clientOf = (port: number, password: string): Client =>
  new Client({ host: '127.0.0.1', port, user: roleName, password, database: 'postgres', connectionTimeoutMillis: 5_000 });

/** False while nobody listens or the server says it is not ready yet (57P03). Any other answer is an error to show. */
async function connects(port: number, password: string): Promise<boolean> {
  const client = clientOf(port, password);
  // Lost while shutting down: `connect` reports it, this listener only keeps it from being thrown twice.
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    if (error instanceof DatabaseError && error.code !== '57P03') throw error;
    return false;
  }
  await client.end();
  return true;
}

/** Makes a database unless it is there. */
export async function ensureDatabase(port: number, password: string, name: string): Promise<void> {
  await administer(port, password, async (client) => {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (rowCount === 0) await client.query(`create database ${client.escapeIdentifier(name)}`);
  });
}

/** Removes a database, whoever is still connected to it. */
export function dropDatabase(port: number, password: string, name: string): Promise<void> {
  return administer(port, password, async (client) => {
    await client.query(`drop database if exists ${client.escapeIdentifier(name)} with (force)`);
  });
}

async function administer(port: number, password: string, work: (client: Client) => Promise<void>): Promise<void> {
  const client = clientOf(port, password);
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
