import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StoredReading } from '#libs/contracts';
import { FakeKpis } from '../fakes/fake-downlink.js';
import { SampleCounter } from './sample-counter.js';

const at = Date.parse('2026-11-10T04:00:00Z');
const reading = (seq: number, deviceId = 'R1', time = at): StoredReading => ({
  seq,
  deviceId,
  hazardPoint: 'P',
  channel: 'L1_LF_1',
  time,
  value: 1,
  quality: [],
  receivedAt: time,
});
const inStore = (store: FakeKpis, seq: number): void => {
  store.stored.push({ seq, count: { deviceId: 'R1', channel: 'L1_LF_1', day: '2026-11-10', samples: 1 } });
};
const total = (store: FakeKpis): number => [...store.totals.values()].reduce((sum, samples) => sum + samples, 0);

describe('the counter of samples', () => {
  it('counts by device, channel and civil day of device time', async () => {
    const store = new FakeKpis();
    const counter = new SampleCounter(store);
    await counter.start();
    counter.follow([reading(1), reading(2, 'R2'), reading(3, 'R1', Date.parse('2026-11-10T16:00:00Z')), reading(4)]);
    await counter.flush();
    expect([...store.totals]).toEqual([
      ['R1 2026-11-10 L1_LF_1', 2],
      ['R2 2026-11-10 L1_LF_1', 1],
      ['R1 2026-11-11 L1_LF_1', 1],
    ]);
    expect(store.mark).toBe(4);
  });

  it('finds what was stored and not yet counted when the last station ended', async () => {
    const store = new FakeKpis();
    for (const seq of [1, 2, 3]) inStore(store, seq);
    store.mark = 1;
    const counter = new SampleCounter(store);
    await counter.start();
    counter.follow([reading(3), reading(4)]);
    await counter.flush();
    expect(total(store)).toBe(3);
  });

  it('whatever fails and whenever it restarts, each reading is counted once', () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom('read', 'flush', 'before', 'after', 'restart'), { maxLength: 60 }), async (steps) => {
        const store = new FakeKpis();
        let counter = new SampleCounter(store);
        await counter.start();
        let seq = 0;
        for (const step of steps) {
          if (step === 'read') {
            seq += 1;
            inStore(store, seq);
            counter.follow([reading(seq)]);
          } else if (step === 'restart') {
            counter = new SampleCounter(store);
            await counter.start();
          } else {
            if (step !== 'flush') store.fails = step;
            await counter.flush().catch(() => undefined);
            store.fails = undefined;
          }
        }
        await counter.flush();
        expect(total(store)).toBe(seq);
      }),
      { numRuns: 300 },
    ));
});
