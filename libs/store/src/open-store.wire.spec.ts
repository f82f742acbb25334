import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogger, DataKey, InProcessBus, Metrics } from '#libs/platform';
import { testDatabase, type TestDatabase } from '#libs/testing';
import { Database } from './sql/database.js';
import { StoreAway } from './sql/errors.js';
import { openStore } from './open-store.js';
import type { StoreOptions } from './store.js';

const noon = Date.parse('2026-11-20T12:00:00Z');

describe('the store as a whole', () => {
  let home: TestDatabase;
  let lines: string[];
  let metrics: Metrics;
  const options = (url = home.url): StoreOptions => {
    lines = [];
    metrics = new Metrics();
    return {
      url,
      bus: new InProcessBus(),
      dataKey: new DataKey('k'.repeat(40)),
      logger: createLogger('info', { write: (line: string) => void lines.push(line) }),
      metrics,
      clock: { now: () => noon },
    };
  };
  beforeAll(async () => {
    home = await testDatabase('the store as a whole');
  });
  afterAll(() => home.drop());

  it('brings an empty database up to date, reads and writes, and opens again on what it left', async () => {
    const store = await openStore(options());
    expect(lines.join()).toContain('0001_store.sql');
    expect(await store.ping()).toBe(true);
    const reading = {
      deviceId: 'D1',
      hazardPoint: '5001120001',
      channel: 'L1_LF_1',
      time: noon,
      value: 1.5,
      quality: [],
      receivedAt: noon,
      seq: 1,
    };
    const bad = { ...reading, channel: 'x\u0000', value: 987.125, seq: 2 };
    await store.readings.commit({ readings: [reading, bad], quarantine: [] });
    expect((await store.history.quarantine({ scope: '', limit: 10 })).items.map(({ reason }) => reason)).toEqual(['store-refused']);
    expect(lines.join()).not.toContain('987.125');
    const text = await metrics.text();
    expect(text).toContain('wangshan_store_readings_committed_total 2');
    expect(text).toContain('wangshan_store_readings_refused_total{state="22021"} 1');
    await store.close();

    const again = await openStore(options());
    expect(lines).toEqual([]);
    expect(await again.readings.lastSeq()).toBe(1);
    expect(await again.latest.latest()).toHaveLength(1);
    expect(await again.history.deliveries('none')).toEqual([]);
    await again.close();
  });

  it('keeps connections for readings when people have taken all others', async () => {
    const store = await openStore(options());
    const blocker = new Database({ url: home.url, max: 1 });
    let waiting: Promise<unknown>[] = [];
    await blocker.tx(async (sql) => {
      await sql.run('lock table command.hazard_point in access exclusive mode');
      waiting = Array.from({ length: 30 }, () => store.registry.load().catch((error: unknown) => error));
      // Without one it would be refused when nobody had given one back in time.
      await store.readings.commit({ readings: [], quarantine: [quarantined] });
    });
    await Promise.all(waiting);
    await blocker.close();
    await store.close();
  });

  it('says that the database is away when it is, and leaves nothing open', async () => {
    await expect(openStore(options('postgres://nobody@127.0.0.1:9/nothing'))).rejects.toBeInstanceOf(StoreAway);
  });
});

const quarantined = {
  id: 'while-others-wait',
  deviceId: 'D1',
  topic: '$dp',
  reason: 'bad-value' as const,
  detail: '',
  payload: new Uint8Array(),
  receivedAt: noon,
};
