import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { InProcessBus, Journal, Metrics, wallClock } from '#libs/platform';
import { PATIENCE_MS } from '#libs/testing';
import { Database } from '../sql/database.js';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../embedded/index.js';
import { StoreAway } from '../sql/errors.js';
import { dataKey, silent } from '../fakes/records.js';
import { openFailoverStore, type FailoverStore, type FailoverStoreOptions } from './failover-store.js';

/** Many portions of draining, seconds of it. */
const BATCHES = 200;
const IN_BATCH = 1_000;
/** A statement on a server that hangs is given up after thirty seconds: a stop that takes as long has waited for one. */
const LIMIT_MS = 25_000;

let home: string;
let server: EmbeddedPostgres;
let journal: Journal;
const open = (more: Partial<FailoverStoreOptions> = {}): Promise<FailoverStore> =>
  openFailoverStore({
    url: server.url,
    bus: new InProcessBus(),
    dataKey,
    logger: silent,
    metrics: new Metrics(),
    clock: wallClock,
    journal,
    station: 'here',
    dataDir: home,
    lost: () => undefined,
    ...more,
  });
const bringBack = async (): Promise<void> => {
  server = await startEmbeddedPostgres({ dataDir: home, port: server.port, durable: false, say: () => undefined });
};
const batch = (n: number) => ({
  readings: Array.from({ length: IN_BATCH }, (_, each) => ({
    deviceId: 'd1',
    hazardPoint: 'p1',
    channel: 'c1',
    time: 1_700_000_000_000 + (n * IN_BATCH + each) * 1_000,
    value: each,
    quality: [],
    receivedAt: 1_700_000_000_000,
    seq: n * IN_BATCH + each + 1,
  })),
  quarantine: [],
});
const stored = async (): Promise<number> => {
  const db = new Database({ url: server.url, max: 1 });
  const [row] = await db.query<{ n: number }>('select count(*) as n from ingest.reading');
  await db.close();
  return row?.n ?? 0;
};
const until = async (there: () => boolean): Promise<void> => {
  const end = Date.now() + PATIENCE_MS;
  while (!there() && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 5));
  if (!there()) throw new Error('it never came to that');
};

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'wangshan-stop-'));
  await chmod(home, 0o755);
  server = await startEmbeddedPostgres({ dataDir: home, port: 0, durable: false, say: () => undefined });
  journal = await Journal.open(join(home, 'journal'));
});
afterEach(async () => {
  await journal.close();
  await server.stop();
  await rm(home, { recursive: true, force: true });
});

it('stops in the middle of draining, also at a start, and the next start brings in the rest', async () => {
  const store = await open();
  await server.stop();
  for (let n = 0; n < BATCHES; n += 1) await store.readings.commit(batch(n));
  await bringBack();
  await until(() => store.failover.state().mode === 'draining');
  await store.close();
  const before = await stored();
  expect(before, 'the drill was meant to stop half way').toBeLessThan(BATCHES * IN_BATCH);

  // With the metrics of the station, as every opening after one that broke off.
  const metrics = new Metrics();
  const stopping = new AbortController();
  const opening = open({ signal: stopping.signal, metrics });
  setTimeout(() => stopping.abort(), 100);
  await expect(opening).rejects.toBeInstanceOf(StoreAway);
  expect(await stored(), 'nor did the start that was broken off').toBeLessThan(BATCHES * IN_BATCH);

  await (await open({ metrics })).close();
  expect(await stored()).toBe(BATCHES * IN_BATCH);
});

it('stops while the database hangs half way, and nothing is lost', async () => {
  const store = await open();
  await server.stop();
  for (let n = 0; n < BATCHES / 4; n += 1) await store.readings.commit(batch(n));
  await bringBack();
  // As a dead disk: a lock that what is drained waits for.
  const other = new Database({ url: server.url, max: 1 });
  let release: () => void = () => undefined;
  const locked = new Promise<void>((resolve, reject) => {
    other
      .tx(async (sql) => {
        await sql.run('lock table ingest.reading_row in access exclusive mode');
        resolve();
        await new Promise<void>((done) => (release = done));
      })
      .catch(reject);
  });
  await locked;
  await until(() => store.failover.state().mode === 'draining');
  await new Promise((resolve) => setTimeout(resolve, 300));
  const began = performance.now();
  await store.close();
  expect(performance.now() - began).toBeLessThan(LIMIT_MS);
  release();
  await other.close();
  await (await open()).close();
  expect(await stored()).toBe((BATCHES / 4) * IN_BATCH);
});

it('stops with a full journal: what it took is kept, what it could not take is refused', async () => {
  const store = await open({ journalLimitBytes: 1 });
  await server.stop();
  await store.readings.commit(batch(0));
  const refused = expect(store.readings.commit(batch(1))).rejects.toBeInstanceOf(StoreAway);
  await until(() => store.failover.state().readings.full);
  const began = performance.now();
  await store.close();
  await refused;
  expect(performance.now() - began).toBeLessThan(LIMIT_MS);
  await bringBack();
  await (await open()).close();
  expect(await stored()).toBe(IN_BATCH);
});
