import { expect, it } from 'vitest';
import { guarded } from './guard.js';

class Port {
  ended = false;
  one(): Promise<string> {
    return Promise.resolve('one');
  }
  async *portions(): AsyncGenerator<string[]> {
    try {
      yield* [['a'], ['b'], ['c']];
    } finally {
      this.ended = true;
    }
  }
}
const away = new Error('away');

/** Lets so many calls through. */
function presenceFor(calls: number) {
  let left = calls;
  return {
    run: <T>(work: () => Promise<T>): Promise<T> => {
      left -= 1;
      return left < 0 ? Promise.reject(away) : work();
    },
  };
}

it('guards a call, and tells of one that succeeded', async () => {
  const called: string[] = [];
  const port = guarded(new Port(), presenceFor(1), (method) => called.push(method));
  expect(await port.one()).toBe('one');
  await expect(port.one()).rejects.toBe(away);
  expect(called).toEqual(['one']);
});

it('guards each portion of what comes in portions, and ends it when it is left', async () => {
  const port = new Port();
  const read: string[][] = [];
  for await (const portion of guarded(port, presenceFor(10)).portions()) read.push(portion);
  expect([read, port.ended]).toEqual([[['a'], ['b'], ['c']], true]);

  const lost = new Port();
  const reading = (async () => {
    for await (const portion of guarded(lost, presenceFor(2)).portions()) read.push(portion);
  })();
  await expect(reading).rejects.toBe(away);
  expect([read.slice(3), lost.ended]).toEqual([[['a'], ['b']], true]);
});
