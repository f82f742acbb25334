import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { within } from './within.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const never = new AbortController().signal;

const heard = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));

it('is given after its time, whatever the garbage collector has taken meanwhile', async () => {
  const waiting = Array.from({ length: 50 }, () => heard(within(never, 50)));
  collect();
  await sleep(5);
  collect();
  await Promise.all(waiting);
});

it('is given with the signal it was made of, also when that was given before', async () => {
  const given = new AbortController();
  const waiting = heard(within(given.signal, 600_000));
  collect();
  given.abort();
  await waiting;
  expect(within(given.signal, 600_000).aborted).toBe(true);
});
