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
    const passed = () => ({ passed: Promise.resolve(), callOff: () => undefined });
    const engine = new RulebookEngine([{ level: 'red', rise: () => yes, hold: () => yes }], passed);
    const stuck = new RulebookEngine([], passed);
    // The deadline passes in this turn of the event loop; rules answer in later ones.
    expect((await engine.run([fact])).ok).toBe(false);
    expect((await stuck.run([])).ok).toBe(false);
  });

  it('an answer calls its deadline off: no timer is left behind a decision', async () => {
    let waiting = 0;
    const overdue = () => {
      waiting += 1;
      return { passed: new Promise(() => undefined), callOff: () => void (waiting -= 1) };
    };
    const engine = new RulebookEngine([{ level: 'red', rise: () => yes, hold: () => yes }], overdue);
    for (let n = 0; n < 3; n += 1) expect((await engine.run([fact])).ok).toBe(true);
    expect(waiting).toBe(0);
  });
});
