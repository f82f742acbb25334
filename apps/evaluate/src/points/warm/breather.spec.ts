import { expect, it } from 'vitest';
import { breather } from './breather.js';

it('lets work go on for a breath, and then lets everybody else have a turn', async () => {
  const breathe = breather(20);
  expect(breathe()).toBeUndefined();
  const until = performance.now() + 25;
  while (performance.now() < until);
  let turn = 0;
  setImmediate(() => (turn += 1));
  const breath = breathe();
  expect(breath).toBeInstanceOf(Promise);
  await breath;
  expect(turn).toBe(1);
  expect(breathe()).toBeUndefined();
});
