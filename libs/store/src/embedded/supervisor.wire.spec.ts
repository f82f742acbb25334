import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PATIENCE_MS } from '#libs/testing';
import { Database } from '../sql/database.js';
import { freePort } from './free-port.js';
import { segmentName } from './log-segments.js';
import { isAlive, pidFile, readPostmasterFile } from './postmaster.js';
import { startEmbeddedPostgres, type EmbeddedPostgres } from './index.js';

const asRoot = process.getuid?.() === 0;
let parent: string;
let dataDir: string;
let said: string[];
const running: EmbeddedPostgres[] = [];

const start = async (port = 0): Promise<EmbeddedPostgres> => {
  const postgres = await startEmbeddedPostgres({ dataDir, port, say: (text) => said.push(text) });
  running.push(postgres);
  return postgres;
};
const ask = async <R extends object>(postgres: EmbeddedPostgres, sql: string): Promise<R[]> => {
  const db = new Database({ url: postgres.url, max: 1 });
  try {
    return await db.query<R>(sql);
  } finally {
    await db.close();
  }
};

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'supervisor-'));
  chmodSync(parent, 0o755);
  dataDir = join(parent, 'data');
  said = [];
});
afterEach(async () => {
  const all = running.splice(0);
  for (const postgres of all) await postgres.stop();
  for (const { directory } of all) if (!directory.startsWith(parent)) rmSync(directory, { recursive: true, force: true });
  rmSync(parent, { recursive: true, force: true });
});

describe('the embedded PostgreSQL', () => {
  it('starts, keeps its data and its port over a stop, and leaves no process', async () => {
    const first = await start();
    expect(first.adopted).toBe(false);
    await ask(first, 'create table kept as select 42 as answer');
    await first.stop();
    expect(isAlive(first.pid)).toBe(false);
    expect(existsSync(pidFile(first.directory))).toBe(false);

    const second = await start();
    expect(second.port).toBe(first.port);
    expect(await ask(second, 'select answer from kept')).toEqual([{ answer: 42 }]);
    await second.stop();
    // Stopping what is stopped is nothing.
    await second.stop();
  });

  it('starts a server again that was killed, on the port its clients know, and lets a stopped one rest', async () => {
    const postgres = await start();
    await ask(postgres, 'create table kept as select 42 as answer');
    postgres.keepRunning();
    for (let kill = 0; kill < 2; kill += 1) {
      const { pid } = postgres;
      process.kill(pid, 'SIGKILL');
      await vi.waitFor(() => expect(postgres.pid).not.toBe(pid), { timeout: PATIENCE_MS });
      expect(await ask(postgres, 'select answer from kept')).toEqual([{ answer: 42 }]);
    }
    const { pid } = postgres;
    await postgres.stop();
    await sleep(1500);
    expect(postgres.pid).toBe(pid);
    expect(readPostmasterFile(postgres.directory)).toBeUndefined();
  });

  it('is durable, listens on 127.0.0.1 alone, asks for a password, and speaks UTF8, C and UTC', async () => {
    const postgres = await start();
    const [settings] = await ask(
      postgres,
      `select current_setting('fsync') fsync, current_setting('synchronous_commit') commit, current_setting('full_page_writes') pages,
        current_setting('listen_addresses') listens, current_setting('server_encoding') encoding, current_setting('timezone') zone,
        (select datcollate from pg_database where datname = current_database()) as collation`,
    );
    expect(settings).toEqual({
      fsync: 'on',
      commit: 'on',
      pages: 'on',
      listens: '127.0.0.1',
      encoding: 'UTF8',
      zone: 'UTC',
      collation: 'C',
    });
    const stranger = new Database({ url: postgres.url.replace(/:[^:@]+@/, ':guess@'), max: 1 });
    await expect(stranger.query('select 1')).rejects.toThrow(/password/);
    await stranger.close();
    for (const secret of ['postgres.password', 'postgres.json', 'postgres.log'])
      expect(statSync(join(dataDir, secret)).mode & 0o077).toBe(0);
  });

  it('has segments of its log ready before the first commit, and uses them', async () => {
    const postgres = await start();
    const segmentOf = (name: string): string => join(postgres.directory, 'pg_wal', name);
    const current = async (): Promise<string> => {
      await ask(postgres, `select pg_logical_emit_message(true, 'spec', 'written')`);
      const [at] = await ask<{ name: string }>(postgres, 'select pg_walfile_name(pg_current_wal_lsn()) as name');
      return at?.name ?? '';
    };
    const first = await current();
    const next = segmentName(Number.parseInt(first.slice(-2), 16) + 1);
    const made = statSync(segmentOf(next));
    expect(made.size).toBe(16 * 1024 ** 2);
    await ask(postgres, 'select pg_switch_wal()');
    expect(await current()).toBe(next);
    expect(statSync(segmentOf(next)).ino, 'the one that was made, not another in its place').toBe(made.ino);
    const ahead = await ask<{ name: string }>(
      postgres,
      `select name from pg_ls_waldir() where name > '${next}' and name ~ '^[0-9A-F]{24}$'`,
    );
    expect(ahead.length).toBeGreaterThanOrEqual(5);
    await postgres.stop();
    await ask(await start(), 'select 1');
  });

  it('outlives a SIGKILL of its station’s process group and is adopted by the next one', async () => {
    const station = await spawnStation();
    const pid = station.postgres;
    process.kill(-station.group, 'SIGKILL');
    await station.ended;
    await sleep(300);
    expect(isAlive(pid)).toBe(true);

    const next = await start();
    expect(next).toMatchObject({ adopted: true, pid });
    expect(said.join()).toContain(String(pid));
    expect(await ask(next, 'select mark from of_the_killed')).toEqual([{ mark: 'written before the kill' }]);
    await next.stop();
    expect(isAlive(pid)).toBe(false);
  });

  it('restarts an adopted server on the port that is asked for now', async () => {
    const first = await start();
    const port = await freePort();
    const second = await start(port);
    expect(second).toMatchObject({ adopted: false, port });
    expect(isAlive(first.pid)).toBe(false);
  });

  it('recovers after its own SIGKILL', async () => {
    const first = await start();
    await ask(first, 'create table kept as select 7 as answer');
    process.kill(first.pid, 'SIGKILL');
    const second = await start();
    expect(second.adopted).toBe(false);
    expect(await ask(second, 'select answer from kept')).toEqual([{ answer: 7 }]);
  });

  it('is not fooled by a pid file whose number now belongs to another process', async () => {
    const first = await start();
    await first.stop();
    const other = spawn('sleep', ['60']);
    const lines = [other.pid, first.directory, 1, first.port, '', '127.0.0.1', '', 'ready'];
    writeFileSync(pidFile(first.directory), `${lines.join('\n')}\n`);
    const second = await start();
    expect(second.adopted).toBe(false);
    expect(readPostmasterFile(second.directory)?.pid).toBe(second.pid);
    expect(said.join()).toContain('postmaster.pid');
    expect(other.exitCode).toBeNull();
    other.kill();
  });

  it('begins again when its first start was killed half-way through', async () => {
    mkdirSync(join(dataDir, 'postgres.new'), { recursive: true });
    writeFileSync(join(dataDir, 'postgres.new', 'PG_VERSION'), '18\n');
    expect(await ask(await start(), 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('says which port is busy and which variable changes it', async () => {
    const server = createServer();
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
    });
    await expect(start(port)).rejects.toThrow(new RegExp(`${port}.*WANGSHAN_DATABASE_PORT`));
    server.close();
  });

  it('refuses a database of another version and one whose password is lost, naming the file', async () => {
    const first = await start();
    await first.stop();
    const version = join(first.directory, 'PG_VERSION');
    const text = readFileSync(version, 'utf8');
    writeFileSync(version, '17\n');
    await expect(start()).rejects.toThrow(/PostgreSQL 17/);
    writeFileSync(version, text);
    rmSync(join(dataDir, 'postgres.password'));
    await expect(start()).rejects.toThrow(/postgres\.password/);
  });

  it.runIf(asRoot)(
    'keeps the database in the system directory when its user can’t reach a 0700 parent, one for each data directory',
    async () => {
      chmodSync(parent, 0o700);
      const first = await start();
      expect(first.directory).toMatch(/^\/var\/lib\/wangshan\/[0-9a-f]{16}$/);
      expect(said.join()).toContain(first.directory);
      expect(statSync(first.directory).uid).not.toBe(0);
      await ask(first, 'create table kept as select 1 as one');
      await first.stop();

      // Opened later: the database that exists is still the one.
      chmodSync(parent, 0o755);
      const second = await start();
      expect(second.directory).toBe(first.directory);
      expect(await ask(second, 'select one from kept')).toEqual([{ one: 1 }]);

      chmodSync(parent, 0o700);
      dataDir = join(parent, 'other');
      expect((await start()).directory).not.toBe(first.directory);
    },
  );

  it.runIf(asRoot)('does not begin an empty database because the old one went out of reach', async () => {
    await (await start()).stop();
    chmodSync(parent, 0o700);
    await expect(start()).rejects.toThrow(/chmod o\+x/);
  });

  it.runIf(asRoot)('does not begin an empty database because the data directory was moved', async () => {
    chmodSync(parent, 0o700);
    const first = await start();
    await first.stop();
    const moved = join(parent, 'moved');
    renameSync(dataDir, moved);
    dataDir = moved;
    await expect(start()).rejects.toThrow(new RegExp(`mv ${first.directory}`));
  });
});

const stationScript = `
import { startEmbeddedPostgres } from ${JSON.stringify(new URL('index.ts', import.meta.url).href)};
import { Database } from ${JSON.stringify(new URL('../sql/database.ts', import.meta.url).href)};
const { url, pid } = await startEmbeddedPostgres({ dataDir: process.argv[2], port: 0, say: () => undefined });
const db = new Database({ url });
await db.run("create table of_the_killed as select 'written before the kill' as mark");
process.stdout.write(String(pid));
setInterval(() => undefined, 1000);
`;

/** A process of its own, in a process group of its own, that starts the database, writes a row and waits, as a station would. */
async function spawnStation(): Promise<{ group: number; postgres: number; ended: Promise<unknown> }> {
  const script = join(parent, 'station.mjs');
  writeFileSync(script, stationScript);
  const child = spawn(process.execPath, ['--no-warnings', '-C', 'source', '--loader', 'ts-node/esm', script, dataDir], {
    detached: true,
    env: { ...process.env, TS_NODE_TRANSPILE_ONLY: 'true' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const [pid] = (await Promise.race([once(child.stdout, 'data'), ended])) as [Buffer];
  return { group: child.pid ?? 0, postgres: Number(pid), ended };
}
