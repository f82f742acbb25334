import { describe, expect, it } from 'vitest';
import { siteResults } from './pool.js';
import { siteGoals } from './sites.js';

/** The short form of `npm run skill -- --only sites`: enough to see a rulebook or a detector break, too few to state a skill. */
const count = 45;

describe(`${count} simulated sites`, () => {
  it('failures are red in time, slopes that stand are not, and a crisis loses its forecast', async () => {
    const results = await siteResults(count, {}, 1, () => undefined);
    expect(results.map(({ number }) => number)).toEqual(Array.from({ length: count }, (_, number) => number));
    const goals = siteGoals('short', results);
    console.log(goals.map(({ what, figure }) => `${what}: ${figure}`).join('\n'));
    expect(goals.filter(({ met }) => met === false)).toEqual([]);
    // Told apart: a rulebook that is always red would reach the first goal, one that sleeps the third.
    const of = (family: string) => results.filter((one) => one.family === family);
    expect(of('failing').every(({ red }) => red.told.hits === 1)).toBe(true);
    expect(of('standing').every(({ warnings }) => warnings.confirmed.red === 0)).toBe(true);
    expect(of('failing').some(({ red }) => red.confirmed.leads[0]! > 0)).toBe(true);
  });

  it('a failure nobody measures is missed: the score can fail', async () => {
    const [still] = await siteResults(1, { motion: 'still' }, 1, () => undefined);
    expect(still?.warnings.confirmed).toMatchObject({ orange: 0, red: 0 });
    const goals = siteGoals('still', [
      { ...still!, family: 'failing', red: { ...still!.red, confirmed: { ...still!.red.confirmed, misses: 1 } } },
    ]);
    expect(goals[0]).toMatchObject({ met: false });
  });
});
