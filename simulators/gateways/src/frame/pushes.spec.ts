import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { Batch, Pushes } from './pushes.js';

let stop: () => void = () => undefined;
afterEach(() => stop());

async function station(answers: readonly number[]) {
  const seen: string[] = [];
  let told: () => void = () => undefined;
  const server = createServer((request, response) => {
    request.on('data', (chunk: Buffer) => seen.push(chunk.toString()));
    request.on('end', () => {
      response.writeHead(answers[seen.length - 1] ?? 200).end('{}');
      told();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stop = () => {
    server.closeAllConnections();
    server.close();
  };
  const until = async (what: () => boolean) => {
    while (!what()) await new Promise<void>((resolve) => (told = resolve));
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, seen, until };
}
/** Timers that run when told to, with the time they were asked for. */
function timers() {
  const waiting: { ms: number; act: () => void }[] = [];
  let came: () => void = () => undefined;
  return {
    later: (ms: number, act: () => void) => {
      waiting.push({ ms, act });
      came();
    },
    next: async () => {
      while (waiting.length === 0) await new Promise<void>((resolve) => (came = resolve));
      const { ms, act } = waiting.shift()!;
      act();
      return ms;
    },
    waiting,
  };
}
const push = (url: string) => ({ url, headers: {}, body: 'x', accepted: (status: number) => status === 200 });

it('pushes again after 1, 5 and 10 of its minutes, until it is thanked', async () => {
  const { url, seen, until } = await station([500, 404, 200]);
  const { later, next } = timers();
  const pushes = new Pushes(later, 10);
  pushes.send(push(url));
  expect([await next(), await next()]).toEqual([10, 50]);
  await until(() => seen.length === 3);
  await new Promise((resolve) => setImmediate(resolve));
  await pushes.idle();
  expect(pushes.stats).toEqual({ accepted: 1, again: 2, dropped: 0 });
});

it('drops it after the third time', async () => {
  const { url, seen } = await station([500, 500, 500, 500]);
  const { later, next, waiting } = timers();
  const pushes = new Pushes(later, 10);
  pushes.send(push(url));
  expect([await next(), await next(), await next()]).toEqual([10, 50, 100]);
  await pushes.idle();
  expect({ ...pushes.stats, seen: seen.length, waiting: waiting.length }).toEqual({
    accepted: 0,
    again: 3,
    dropped: 1,
    seen: 4,
    waiting: 0,
  });
});

it('gathers what is told within a moment', async () => {
  const { later, next } = timers();
  const flushed: number[][] = [];
  const batch = new Batch<number>(later, (items) => void flushed.push(items));
  for (let i = 0; i < 150; i += 1) batch.add(i);
  await next();
  expect(flushed.map(({ length }) => length)).toEqual([100, 50]);
});
