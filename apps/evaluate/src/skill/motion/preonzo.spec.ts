import { describe, expect, it } from 'vitest';
import { forecasts } from './preonzo-record.js';
import { preonzo } from './preonzo.js';

const options = { data: undefined, sites: 0, seed: 1, creeps: 0, threads: 1, say: () => undefined };

describe('Preonzo 2012', () => {
  it('reaches every goal: red in time, crises before it at most orange, honest forecasts', async () => {
    const { goals, charts } = await preonzo.make(options);
    expect(goals.filter(({ met }) => met !== true)).toEqual([]);
    expect(goals.length).toBeGreaterThanOrEqual(6);
    expect(charts?.[0]?.svg).toContain('<circle');
  });

  it('counts every update once, each nearer to the collapse than the one before', async () => {
    const all = await forecasts(0);
    expect(all.length).toBeGreaterThan(3);
    for (const [at, { left, lower, centre, upper, operational }] of all.entries()) {
      expect(lower).toBeLessThan(centre);
      expect(centre).toBeLessThan(upper);
      expect(operational).toBeLessThanOrEqual(lower);
      if (at > 0) expect(left).toBeLessThan(all[at - 1]!.left);
    }
  });
});
