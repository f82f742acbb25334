import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { shipped } from './fakes/drive.js';
import { parseRulebook, RulebookError } from './rulebook.js';

const text = readFileSync(new URL('../../../alert-rules/reference.rules.yaml', import.meta.url), 'utf8');
const faultsOf = (changed: string) => {
  try {
    parseRulebook(changed, 'a.rules.yaml', 'v');
  } catch (error) {
    if (error instanceof RulebookError) return error.message;
    throw error;
  }
  return '';
};
const lineWith = (part: string, of = text) => of.split('\n').findIndex((line) => line.includes(part)) + 1;

describe('parseRulebook', () => {
  it('reads the acceptance rulebook as the contract has it', () => {
    const book = shipped('reference');
    expect(book.missing).toEqual({ silentAfter: 3, unknownWhen: 'any' });
    expect(
      book.levels.map(({ level, samples, apart, instruments, fallback, after }) => [level, samples, apart, instruments, fallback, after]),
    ).toEqual(['red', 'orange', 'yellow', 'blue'].map((level) => [level, 2, 10_000, 1, 0.8, 600_000]));
    expect(book.indicators.map(({ thresholds }) => thresholds)).toEqual([
      { blue: 35, yellow: 45, orange: 60, red: 80 },
      { blue: 5, yellow: 10, orange: 20, red: 40 },
    ]);
  });

  it.each([
    ['a threshold without its unit', 'red: 40 mm', 'red: 40', 'write a number and its unit'],
    ['a threshold in another unit', 'red: 40 mm', 'red: 40 mm/d', 'expected mm, the unit of the indicator, not mm/d'],
    ['a unit nobody knows', 'red: 40 mm', 'red: 40 furlongs', 'expected a number and a unit of'],
    ['thresholds out of order', 'red: 40 mm', 'red: 4 mm', 'expected at least the orange threshold 20'],
    [
      'an indicator that is not there',
      'red: { when: { any: [rain, change] } }',
      'red: { when: { any: [rain, chance] } }',
      'no indicator "chance"',
    ],
    ['a missing policy left out', 'cooldown: 0 min', '', 'cooldown'],
    ['a field nobody knows', 'cooldown: 0 min', 'cooldown: 0 min\ncoolup: 1 min', 'coolup'],
    ['a duration without unit', 'after: 10 min', 'after: 10', 'write a duration'],
    ['another clock', 'clock: event', 'clock: wall', 'expected "event"'],
  ])('refuses %s', (_, from, to, message) => {
    expect(text).toContain(from);
    expect(faultsOf(text.replace(from, to))).toContain(message);
  });

  it('names file and line of a fault', () => {
    const broken = text.replace('red: 40 mm', 'red: 40');
    expect(faultsOf(broken)).toContain(`a.rules.yaml:${lineWith('red: 40 }', broken)}: indicators.change.thresholds.red: `);
    expect(faultsOf('a: [')).toMatch(/^a\.rules\.yaml:\d+: /);
  });
});
