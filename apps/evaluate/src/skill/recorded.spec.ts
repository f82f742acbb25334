import { describe, expect, it } from 'vitest';
import { illgraben } from './ground/illgraben.js';
import { tailings } from './ground/tailings.js';
import { threeGorges } from './motion/three-gorges.js';

/** Records that may not be shipped: the specs run where they are and say so where they are not. */
const data = process.env['WANGSHAN_DATA'];
if (!data)
  console.log('recorded.spec: skipped, WANGSHAN_DATA names no folder with threegorges_*, tailings_piezometer, illgraben_seismic_2019');

describe.skipIf(!data)('records that may not be shipped', () => {
  it.each([threeGorges, tailings, illgraben])('$name reaches its goals', async ({ make }) => {
    const { goals } = await make({ data, sites: 0, seed: 1, creeps: 0, threads: 1, say: () => undefined });
    expect(goals.length).toBeGreaterThan(0);
    expect(goals.filter(({ met }) => met !== true)).toEqual([]);
  });
});
