import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256 } from '#libs/platform';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '#libs/store';
import { givenServer, serverAt, type TestServer } from './given-server.js';

export interface TestDatabase {
  /** postgres:// address of an empty database of its own. */
  url: string;
  name: string;
  /** Removes the database; the last one also stops the server. */
  drop(): Promise<void>;
}

const prefix = 'wangshan-test-';
const titles = new Set<string>();
let open = 0;
let server: Promise<TestServer> | undefined;
let embedded: EmbeddedPostgres | undefined;
let directory: string | undefined;

/**
 * An empty database for one describe block, on a real PostgreSQL that all blocks of the process share, or on the server that
 * WANGSHAN_TEST_DATABASE names. The server does not fsync: a test of durability starts one of its own.
 *
 * @param title names the database, so that a look from outside finds it; one title is used once
 * @throws if the title was used before: two tests would share data by accident
 */
export async function testDatabase(title: string): Promise<TestDatabase> {
  if (titles.has(title)) throw new Error(`test database ${JSON.stringify(title)} is opened twice: give each describe block its own title`);
  titles.add(title);
  open += 1;
  const postgres = await (server ??= startServer());
  const name = databaseName(title);
  return {
    url: await postgres.createDatabase(name),
    name,
    async drop() {
      await postgres.dropDatabase(name);
      open -= 1;
      if (open > 0) return;
      server = undefined;
      await embedded?.stop();
      embedded = undefined;
      if (directory) rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Letters and digits of the title, and a piece of its hash: Chinese titles have no letters, long ones lose their end. */
const databaseName = (title: string): string => {
  const words = title.toLowerCase().replace(/[^a-z0-9]+/g, '_');
  return `test_${words.slice(0, 40)}_${sha256(title).slice(0, 8)}`;
};

async function startServer(): Promise<TestServer> {
  const given = givenServer();
  if (given !== undefined) return serverAt(given);
  await removeLeftovers();
  // User postgres must be able to pass, when the tests run as root.
  directory = mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`));
  chmodSync(directory, 0o755);
  const said: string[] = [];
  const started = await startEmbeddedPostgres({ dataDir: directory, port: 0, durable: false, say: (text) => said.push(text) });
  // A run that is broken off: no promise is waited for any more, but a signal still goes out.
  process.once('exit', () => {
    if (embedded) process.kill(started.pid, 'SIGINT');
  });
  embedded = started;
  return started;
}

/** A run killed with SIGKILL leaves its server; the next one ends it. The directory names the process it belonged to. */
async function removeLeftovers(): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    const owner = Number(new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1] ?? NaN);
    if (Number.isNaN(owner) || isAlive(owner)) continue;
    const leftover = join(tmpdir(), name);
    if (existsSync(join(leftover, 'postgres', 'postmaster.pid'))) {
      const abandoned = await startEmbeddedPostgres({ dataDir: leftover, port: 0, durable: false, say: () => undefined });
      await abandoned.stop();
    }
    rmSync(leftover, { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
