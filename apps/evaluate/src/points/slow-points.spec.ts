import { describe, expect, it } from 'vitest';
import { SlowPoints, type Judging } from './slow-points.js';

/** A point's judging that ends when it is told to. */
function judging(hazardPoint: string, readings = 1): Judging & { end: () => void } {
  let end: () => void = () => undefined;
  const done = new Promise<void>((resolve) => (end = resolve));
  return { hazardPoint, readings, done, end };
}
const settled = async (promise: Promise<unknown>): Promise<boolean> =>
  Promise.race([promise.then(() => true), new Promise<boolean>((resolve) => setTimeout(resolve, 5, false))]);

describe('points that take their time', () => {
  it('a batch waits for its points, and passes one by that takes too long', async () => {
    const points = new SlowPoints(20);
    const a = judging('A');
    const b = judging('B');
    const waiting = points.wait([a, b]);
    b.end();
    expect(await settled(waiting)).toBe(false);
    await waiting;
    expect(points.slow).toEqual(['A']);
    // From now on nobody waits for A.
    expect(await settled(points.wait([judging('A')]))).toBe(true);
  });

  it('waits for it again once it has judged all it was given', async () => {
    const points = new SlowPoints(1);
    const first = judging('A');
    const second = judging('A');
    await points.wait([first]);
    await points.wait([second]);
    first.end();
    await first.done;
    expect(points.slow).toEqual(['A']);
    second.end();
    await second.done;
    await Promise.resolve();
    expect(points.slow).toEqual([]);
  });

  it('holds batches back when too much waits, until some of it is judged', async () => {
    const points = new SlowPoints(1, 10);
    const first = judging('A', 6);
    await points.wait([first]);
    const full = points.wait([judging('A', 6)]);
    expect(await settled(full)).toBe(false);
    first.end();
    expect(await settled(full)).toBe(true);
  });
});
