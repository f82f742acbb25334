import { describe, expect, it } from 'vitest';
import { RulebookEngine } from './engine.js';
import type { Fact, Finding } from './finding.js';

const yes: Finding = { truth: 'yes', support: ['k'], unknown: [], absent: false };
const no: Finding = { truth: 'no', support: [], unknown: [], absent: false };
const fact: Fact = { key: 'k', indicator: 'a', deviceId: 'd', value: 1, partial: false };

describe('RulebookEngine', () => {
  it('runs every rule of every level once and answers each finding', async () => {
    let runs = 0;
    const count = (finding: Finding) => () => {
      runs += 1;
      return finding;
    };
    const engine = new RulebookEngine([
      { level: 'red', rise: count(no), hold: count(yes) },
      { level: 'blue', rise: count(yes), hold: count(yes) },
    ]);
    const outcome = await engine.run([fact]);
    expect(outcome.ok && [...outcome.findings].map(([level, { rise, hold }]) => [level, rise.truth, hold.truth])).toEqual([
      ['red', 'no', 'yes'],
      ['blue', 'yes', 'yes'],
    ]);
    expect(runs).toBe(4);
  });

  it('a condition that throws is an answer, not an uncaught exception', async () => {
    const broken = () => {
      throw new Error('divided by a mountain');
    };
    const outcome = await new RulebookEngine([{ level: 'red', rise: broken, hold: () => no }]).run([fact]);
    expect(outcome).toEqual({ ok: false, error: 'red.rise: divided by a mountain' });
  });

  it('an engine that never answers is overdue', async () => {
    const engine = new RulebookEngine([{ level: 'red', rise: () => yes, hold: () => yes }], () => Promise.resolve());
    const stuck = new RulebookEngine([], () => Promise.resolve());
    // The overdue promise resolves in this turn of the event loop; rules answer in later ones.
    expect((await engine.run([fact])).ok).toBe(false);
    expect((await stuck.run([])).ok).toBe(false);
  });
});
