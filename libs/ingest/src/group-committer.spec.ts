import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { QuarantinedPayload, Reading, StoredReading } from '#libs/contracts';
import { FakeReadingStore } from './fakes/reading-store.js';
import { GroupCommitter, type CommitterOptions } from './group-committer.js';

const reading = (time: number): Reading => ({
  deviceId: 'A',
  hazardPoint: 'P00001',
  channel: 'L1_LF_1',
  time,
  value: time,
  quality: [],
  receivedAt: time,
});
const settle = () => new Promise((resolve) => setImmediate(resolve));

function setUp(options: Partial<CommitterOptions> = {}) {
  const store = new FakeReadingStore();
  const announced: StoredReading[] = [];
  const failed: unknown[] = [];
  const committer = new GroupCommitter({
    store,
    lastSeq: 100,
    maxWaiting: 1000,
    maxBatch: 1000,
    announce: (readings) => {
      announced.push(...readings);
      return Promise.resolve();
    },
    announceFailed: (error) => failed.push(error),
    ...options,
  });
  return { store, committer, announced, failed };
}

describe('group commit', () => {
  it('commits at once when idle, and gathers while a commit runs', async () => {
    const { store, committer } = setUp();
    store.hold();
    const first = committer.add([reading(1)], []);
    await settle();
    const others = [2, 3, 4].map((time) => committer.add([reading(time)], []));
    await settle();
    expect(store.batches.map((batch) => batch.readings.length)).toEqual([1]);
    store.release();
    await Promise.all([first, ...others]);
    expect(store.batches.map((batch) => batch.readings.length)).toEqual([1, 3]);
    expect(store.readings.map(({ seq }) => seq)).toEqual([101, 102, 103, 104]);
  });

  it('takes what came before the end of the turn, and then: the answers, the next commit, beside it the announcement', async () => {
    const order: string[] = [];
    const turns: (() => void)[] = [];
    const { store, committer } = setUp({
      turn: (work) => void turns.push(work),
      announce: (readings) => {
        order.push(`announced ${readings.length}`);
        return Promise.resolve();
      },
    });
    const commit = store.commit.bind(store);
    store.commit = (batch) => {
      order.push(`commit ${batch.readings.length}`);
      return commit(batch);
    };
    const add = (time: number) => void committer.add([reading(time)], []).then(() => order.push(`answered ${time}`));
    const turn = async () => {
      for (const work of turns.splice(0)) work();
      await settle();
    };
    add(1);
    await settle();
    add(2);
    await turn();
    expect(order).toEqual(['commit 2', 'answered 1', 'answered 2']);
    add(3);
    await turn();
    expect(order.slice(3)).toEqual(['commit 1', 'announced 2', 'answered 3']);
    store.hold();
    add(4);
    await turn();
    add(5);
    store.release();
    await settle();
    await turn();
    await turn();
    expect(order.slice(6)).toEqual(['commit 1', 'announced 1', 'answered 4', 'commit 1', 'announced 1', 'answered 5', 'announced 1']);
    await committer.drain();
  });

  it('resolves only after the commit', async () => {
    const { store, committer } = setUp();
    let done = false;
    store.hold();
    const added = committer.add([reading(1)], []).then(() => (done = true));
    await settle();
    expect(done).toBe(false);
    store.release();
    await added;
    expect(store.readings).toHaveLength(1);
  });

  it('rejects the packets of a failed commit, uses their numbers for nothing, and goes on', async () => {
    const { store, committer, announced } = setUp();
    store.fail(1);
    await expect(committer.add([reading(1), reading(2)], [])).rejects.toThrow('the store is away');
    await committer.add([reading(1)], []);
    await committer.drain();
    expect(store.readings.map(({ seq, time }) => [seq, time])).toEqual([[103, 1]]);
    expect(announced.map(({ seq }) => seq)).toEqual([103]);
  });

  it('announces new readings only, and without delaying the acknowledgement', async () => {
    let heard: (() => void) | undefined;
    const seen: number[] = [];
    const { committer } = setUp({
      announce: (readings) => {
        seen.push(...readings.map(({ time }) => time));
        return new Promise((resolve) => (heard = resolve));
      },
    });
    await committer.add([reading(1)], []);
    await committer.add([reading(1), reading(2)], []);
    await settle();
    expect(seen).toEqual([1]);
    heard?.();
    await settle();
    expect(seen).toEqual([1, 2]);
    heard?.();
    await committer.drain();
  });

  it('tells of an announcement that failed, and makes the next', async () => {
    let calls = 0;
    const { committer, failed } = setUp({ announce: () => ((calls += 1) === 1 ? Promise.reject(new Error('deaf')) : Promise.resolve()) });
    await committer.add([reading(1)], []);
    await committer.add([reading(2)], []);
    await committer.drain();
    expect(calls).toBe(2);
    expect(failed).toEqual([new Error('deaf')]);
  });

  it('holds callers back when it is full, and lets them in in order', async () => {
    const { store, committer } = setUp({ maxWaiting: 2 });
    store.hold();
    const order: number[] = [];
    const added: Promise<void>[] = [];
    const enter = (time: number) =>
      committer.whenRoom(() => {
        order.push(time);
        added.push(committer.add([reading(time)], []));
      });
    enter(0);
    await settle();
    for (let time = 1; time <= 7; time += 1) enter(time);
    expect(order).toEqual([0, 1, 2]);
    expect(committer.backlog).toMatchObject({ readings: 2, held: 5 });
    store.release();
    await committer.drain();
    await Promise.all(added);
    expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(store.readings.map(({ time }) => time)).toEqual(order);
  });

  it('holds callers back too while what is committed is not yet announced', async () => {
    let heard: (() => void) | undefined;
    const { committer } = setUp({ maxWaiting: 1, announce: () => new Promise((resolve) => (heard = resolve)) });
    await committer.add([reading(1)], []);
    let entered = false;
    committer.whenRoom(() => (entered = true));
    await settle();
    expect(entered).toBe(false);
    heard?.();
    await settle();
    expect(entered).toBe(true);
  });

  it('keeps a batch below its limit, but never splits a packet', async () => {
    const { store, committer } = setUp({ maxBatch: 3 });
    await Promise.all([[1, 2], [3, 4], [5], [6, 7, 8, 9, 10]].map((times) => committer.add(times.map(reading), [])));
    expect(store.batches.map((batch) => batch.readings.length)).toEqual([2, 3, 5]);
  });

  it('commits quarantine with no readings beside it', async () => {
    const { store, committer } = setUp();
    const payload: QuarantinedPayload = {
      id: 'q',
      deviceId: 'A',
      topic: '$dp',
      reason: 'bad-time',
      detail: '',
      payload: new Uint8Array([1]),
      receivedAt: 1,
    };
    await committer.add([], [payload]);
    expect(store.quarantine).toEqual([payload]);
  });

  it('keeps its promises under any run of packets and failures: resolved = stored = announced, seq rising', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ size: fc.integer({ min: 0, max: 5 }), pause: fc.boolean(), fail: fc.boolean() }), { maxLength: 30 }),
        async (steps) => {
          const { store, committer, announced } = setUp({ maxWaiting: 6, maxBatch: 4 });
          let time = 0;
          const kept: number[] = [];
          const all: Promise<void>[] = [];
          for (const { size, pause, fail } of steps) {
            if (fail) store.fail(1);
            const readings = Array.from({ length: size }, () => reading((time += 1)));
            all.push(
              new Promise((resolve) =>
                committer.whenRoom(() => {
                  committer.add(readings, []).then(
                    () => (kept.push(...readings.map((each) => each.time)), resolve()),
                    () => resolve(),
                  );
                }),
              ),
            );
            if (pause) await settle();
          }
          await Promise.all(all);
          await committer.drain();
          const seqs = announced.map(({ seq }) => seq);
          expect(store.readings.map((each) => each.time)).toEqual(kept);
          expect(announced.map((each) => each.time)).toEqual(kept);
          expect(seqs).toEqual([...new Set(seqs)].toSorted((a, b) => a - b));
          expect(seqs.every((seq) => seq > 100)).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });
});
