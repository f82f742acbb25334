import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Metrics, InProcessBus, DataKey, createLogger } from '#libs/platform';
import { openStore } from '#libs/store';
import { testDatabase, type TestDatabase } from './database.js';

const open = (url: string) =>
  openStore({
    url,
    bus: new InProcessBus(),
    dataKey: new DataKey('k'.repeat(40)),
    logger: createLogger('silent'),
    metrics: new Metrics(),
    clock: { now: () => Date.parse('2026-11-20') },
  });

describe('a database for a test', () => {
  let first: TestDatabase;
  beforeAll(async () => {
    first = await testDatabase('first 隐患点');
  });
  afterAll(() => first.drop());

  it('is empty and shares nothing with another', async () => {
    const second = await testDatabase('second 隐患点');
    expect(second.name).not.toBe(first.name);
    const [one, two] = await Promise.all([open(first.url), open(second.url)]);
    const reading = { deviceId: 'D', hazardPoint: '500112A', channel: 'c', time: 1, value: 1, quality: [], receivedAt: 1, seq: 1 };
    await one.readings.commit({ readings: [reading], quarantine: [] });
    expect([await one.readings.lastSeq(), await two.readings.lastSeq()]).toEqual([1, 0]);
    await Promise.all([one.close(), two.close()]);
    await second.drop();
  });

  it('has a title of its own', async () => {
    await expect(testDatabase('first 隐患点')).rejects.toThrow(/opened twice/);
  });
});
