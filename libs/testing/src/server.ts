import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '#libs/store';
import type { TestProject } from 'vitest/node';
import { givenServer } from './given-server.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** postgres:// address of the server of this run, as a role that may create databases. */
    server: string;
  }
}

const prefix = 'wangshan-test-';

/**
 * One PostgreSQL for all tests of a run that want a database and no server (global setup of the projects `wire`, `drill`, `page`), unless
 * WANGSHAN_TEST_DATABASE names one. It does not fsync: a test of durability starts one of its own.
 */
export default async function startServer(project: TestProject): Promise<() => Promise<void>> {
  const given = givenServer();
  if (given !== undefined) {
    project.provide('server', given);
    return () => Promise.resolve();
  }
  await removeLeftovers();
  // User postgres must be able to pass, when the tests run as root.
  const directory = mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`));
  chmodSync(directory, 0o755);
  const server = await startEmbeddedPostgres({ dataDir: directory, port: 0, durable: false, say: () => undefined });
  // A run that is broken off: no promise is waited for any more, but a signal still goes out.
  const atExit = (): void => void process.kill(server.pid, 'SIGINT');
  process.once('exit', atExit);
  project.provide('server', server.url);
  return async () => {
    process.off('exit', atExit);
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  };
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
