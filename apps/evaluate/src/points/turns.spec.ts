import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Turns } from './turns.js';

describe('turns of decisions', () => {
  it('who is alone does not wait, and nobody once all have had theirs', async () => {
    const turns = new Turns();
    expect(turns.next()).toBeUndefined();
    await setImmediate();
    expect(turns.next()).toBeUndefined();
  });

  it('of many each has one of its own, in their order', async () => {
    const turns = new Turns();
    const had: number[] = [];
    const all = [0, 1, 2].map(async (n) => {
      await turns.next();
      had.push(n);
    });
    await Promise.resolve();
    await Promise.resolve();
    expect(had).toEqual([0]);
    await setImmediate();
    expect(had).toEqual([0, 1]);
    await Promise.all(all);
    expect(had).toEqual([0, 1, 2]);
  });
});
