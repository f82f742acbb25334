import { threadId } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { runInWorker, WorkerBusy } from './worker-thread.js';

describe('runInWorker', () => {
  it('runs the function in another thread', async () => {
    const there = await runInWorker((n: number) => ({ sum: n + 1, thread: process.getBuiltinModule('node:worker_threads').threadId }), 41);
    expect(there.sum).toBe(42);
    expect(there.thread).not.toBe(threadId);
  });

  it('leaves the event loop free while the task burns CPU', async () => {
    let beats = 0;
    const heart = setInterval(() => beats++, 5);
    await runInWorker((ms: number) => {
      const end = Date.now() + ms;
      while (Date.now() < end);
    }, 200);
    clearInterval(heart);
    expect(beats).toBeGreaterThan(5);
  });

  it('passes an error on and goes on working', async () => {
    await expect(
      runInWorker(() => {
        throw new Error('no such curve');
      }, undefined),
    ).rejects.toThrow('no such curve');
    await expect(runInWorker((text: string) => text.length, 'abc')).resolves.toBe(3);
  });

  it('survives a worker that dies', async () => {
    await expect(runInWorker(() => process.exit(3), undefined)).rejects.toThrow(/code 3/);
    await expect(runInWorker((text: string) => text.length, 'abcd')).resolves.toBe(4);
  });

  it('refuses when too many wait', async () => {
    const all = await Promise.allSettled(Array.from({ length: 130 }, (_, n) => runInWorker((each: number) => each, n)));
    const refused = all.filter((each) => each.status === 'rejected');
    expect(refused).toHaveLength(30);
    expect((refused[0] as PromiseRejectedResult).reason).toBeInstanceOf(WorkerBusy);
  });
});
