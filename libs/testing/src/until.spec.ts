import { expect, it } from 'vitest';
import { until } from './until.js';

it('answers what the look found, as soon as it finds it', async () => {
  let looks = 0;
  const found = await until('three looks', 1_000, () => ++looks === 3 && { looks });
  expect(found).toEqual({ looks: 3 });
});

it('takes a look that throws as "not yet", and names what it saw last when time is up', async () => {
  const look = (): Promise<boolean> => Promise.reject(new Error('nobody answers'));
  await expect(until('an answer', 60, look)).rejects.toThrow('waited 60 ms for an answer; last seen: nobody answers');
});

it('accepts zero and the empty text as something found', async () => {
  expect(await until('zero', 100, () => 0)).toBe(0);
});
