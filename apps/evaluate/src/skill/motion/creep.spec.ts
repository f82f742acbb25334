import { expect, it } from 'vitest';
import { creep, creepingRun, spurious } from './creep.js';

it('creep has no failure time in a hundred runs', async () => {
  const { goals } = await creep.make({ data: undefined, sites: 0, seed: 1, creeps: 100, threads: 1, say: () => undefined });
  expect(goals.filter(({ met }) => met === false)).toEqual([]);
});

it('runs are the same for the same seed, and move by their rate', async () => {
  expect(creepingRun(4)).toEqual(creepingRun(4));
  const run = creepingRun(4);
  expect(run.at(-1)!.value - run[0]!.value).toBeGreaterThan(47);
  expect(await spurious(4)).toEqual({ forecast: false, red: false });
});
