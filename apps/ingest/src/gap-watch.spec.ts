import { describe, expect, it } from 'vitest';
import { DAY, type DataGap, type StoredReading } from '#libs/contracts';
import type { GapLog } from '#libs/ingest';
import { createLogger, Metrics } from '#libs/platform';
import { fakeDevice, fakeRegistry } from '../../../libs/ingest/src/fakes/registry.js';
import { GapWatch } from './gap-watch.js';

const minute = 60_000;
const start = Date.parse('2026-07-01T00:00:00Z');
const reading = (n: number): StoredReading => ({
  deviceId: 'A',
  hazardPoint: '513221010001',
  channel: 'L1_LF_1',
  time: start + n * minute,
  value: n,
  quality: [],
  receivedAt: start + n * minute,
  seq: n,
});

/** Gaps in memory; it can be away. */
class MemoryLog implements GapLog {
  readonly rows = new Map<number, DataGap>();
  away = false;
  saves = 0;
  open = (): Promise<DataGap[]> => Promise.resolve([...this.rows.values()].filter(({ state }) => state === 'open'));
  save = (gaps: readonly DataGap[]): Promise<void> => {
    this.saves += 1;
    if (this.away) return Promise.reject(new Error('the store is away'));
    for (const gap of gaps) this.rows.set(gap.from, gap);
    return Promise.resolve();
  };
}

async function watch(log: MemoryLog, asked: DataGap[] = []) {
  const made = new GapWatch({ log, registry: fakeRegistry([fakeDevice('A')]), logger: createLogger('silent'), metrics: new Metrics() });
  made.connect((gap) => {
    asked.push(gap);
    return Promise.resolve(true);
  });
  await made.start();
  return {
    made,
    follow: async (...minutes: number[]) => {
      made.follow(minutes.map(reading));
      await made.stop();
    },
  };
}

describe('the watch of gaps', () => {
  it('writes a gap, asks the device for it once, and writes how it is filled', async () => {
    const log = new MemoryLog();
    const asked: DataGap[] = [];
    const { follow } = await watch(log, asked);
    await follow(0, 3);
    expect([...log.rows.values()]).toMatchObject([{ state: 'open', missing: 2 }]);
    await follow(1);
    await follow(2);
    expect([...log.rows.values()]).toMatchObject([{ state: 'filled', holes: [] }]);
    expect(asked.map(({ missing }) => missing)).toEqual([2]);
  });

  it('writes with the next reading what could not be written while the store was away', async () => {
    const log = new MemoryLog();
    const { follow } = await watch(log);
    log.away = true;
    await follow(0, 3);
    await follow(1);
    log.away = false;
    expect(log.rows.size).toBe(0);
    await follow(4);
    expect([...log.rows.values()]).toMatchObject([{ state: 'open', missing: 2, holes: [{ missing: 1 }] }]);
  });

  it('goes on after a restart: a known gap is filled, not asked for again; one found in the last instant is found again', async () => {
    const log = new MemoryLog();
    await (await watch(log)).follow(0, 3);
    const asked: DataGap[] = [];
    const { made, follow } = await watch(log, asked);
    made.recall([0, 1, 3, 4, 7].map(reading), start);
    await made.stop();
    expect([...log.rows.values()].map(({ missing, holes }) => [missing, holes.length])).toEqual([[2, 1], [2, 1]]); // prettier-ignore
    expect(asked.map(({ from }) => (from - start) / minute)).toEqual([4]);
    await follow(2);
    expect(log.rows.get(start)?.state).toBe('filled');
  });

  it('gives up, once a day, what no device has any more', async () => {
    const log = new MemoryLog();
    const { follow } = await watch(log);
    await follow(0, 3);
    await follow(3 + (31 * DAY) / minute);
    expect(log.rows.get(start)?.state).toBe('given-up');
  });
});
