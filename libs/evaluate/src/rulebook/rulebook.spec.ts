import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { shipped } from '../fakes/drive.js';
import { parseRulebook } from './rulebook.js';
import { RulebookError } from '../text/yaml-file.js';

const text = readFileSync(new URL('../../../../alert-rules/reference.rules.yaml', import.meta.url), 'utf8');
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
    [
      'an indicator deep in a condition',
      'red: { when: { any: [rain, change] } }',
      'red: { when: { any: [{ not: Rain }] } }',
      'expected an indicator',
    ],
    [
      'a count that can not be',
      'red: { when: { any: [rain, change] } }',
      'red: { when: { n-of: { at-least: 3, of: [rain, change] } } }',
      '3 of 2 can never hold',
    ],
    ['fewer samples than must hold', 'samples: 2,', 'samples: 3, of: 2,', '3 of 2 samples'],
    ['a time to corroborate shorter than a sample', 'instruments: 1', 'instruments: 1, within: 5 s', 'two instruments could never meet'],
    [
      'a response that falls asleep as the slope wakes up',
      'cooldown: 0 min',
      'cooldown: 0 min\nresponse: { yellow: { upload: 1 min }, red: { upload: 5 min } }',
      'at least as often as at yellow',
    ],
    [
      'more kinds than its indicators read',
      'instruments: 1 }',
      'instruments: 1, kinds: 3 }',
      'kinds 3 can never be met at red: its indicators read 2 (L3_YL, L1_LF)',
    ],
    [
      'a second sign that is never asked',
      'red: { when: { any: [rain, change] } }',
      'red: { when: change, persistence: { or-with: rain } }',
      'or-with is never asked at red',
    ],
    [
      'a second sign of the kind it is to confirm',
      'red: { when: { any: [rain, change] } }',
      'red: { when: change, persistence: { instruments: 2, or-with: change at blue } }',
      'both read L1_LF',
    ],
    [
      'a second sign that can not be',
      'red: { when: { any: [rain, change] } }',
      'red: { when: change, persistence: { instruments: 2, or-with: { n-of: { at-least: 3, of: [rain, change] } } } }',
      '3 of 2 can never hold',
    ],
    [
      'two witnesses of what looks across the point',
      '  change:\n    title: { zh: 裂缝1小时变化量, en: Crack change in one hour }\n    detector: change\n    channel: L1_LF_1\n    window: 1 h\n    unit: mm\n    thresholds: { blue: 5 mm, yellow: 10 mm, orange: 20 mm, red: 40 mm }\n\nlevels:\n  blue: { when: { any: [rain, change] } }',
      '  change: { title: { zh: 甲, en: a }, detector: disagreement, channel: L1_LF_*, window: 1 h, floor: 1 mm, unit: "1", thresholds: { blue: 5 1, yellow: 6 1, orange: 7 1, red: 8 1 } }\nlevels:\n  blue: { when: change, persistence: { instruments: 2 } }',
      'an indicator across instruments is one witness',
    ],
    [
      "a dam's grade that forgets a level",
      'red: 40 mm }',
      "red: 40 mm }\n    grades: { '2': { red: 90 mm } }",
      'expected the levels of thresholds: blue, orange, red, yellow',
    ],
    [
      "a dam's grade out of order",
      'red: 40 mm }',
      "red: 40 mm }\n    grades: { '2': { blue: 5 mm, yellow: 10 mm, orange: 20 mm, red: 4 mm } }",
      'indicators.change.grades.2.red',
    ],
    ['a detector nobody knows', 'detector: sum', 'detector: some', 'sum'],
    ['a kind of hazard nobody knows', 'kinds: [landslide', 'kinds: [landslip', 'landslide'],
  ])('refuses %s', (_, from, to, message) => {
    expect(text).toContain(from);
    expect(faultsOf(text.replace(from, to))).toContain(message);
  });

  it('takes multiples of the slope height for lengths only, and compares them among themselves', () => {
    expect(parseRulebook(text.replace('red: 40 mm', 'red: 0.003 H'), 'a', 'v').indicators[1]).toMatchObject({
      thresholds: { blue: 5, yellow: 10, orange: 20 },
      heights: { red: 0.003 },
    });
    const rising = 'orange: 0.004 H, red: 0.003 H';
    expect(faultsOf(text.replace('orange: 20 mm, red: 40 mm', rising))).toContain('at least the orange threshold 0.004 H');
    const rate = text.replace(
      'unit: mm\n    thresholds: { blue: 5 mm, yellow: 10 mm, orange: 20 mm, red: 40 mm }',
      'unit: mm/d\n    thresholds: { red: 0.003 H }',
    );
    expect(faultsOf(rate)).toContain('is a length: expected an indicator in mm or m, not mm/d');
  });

  /** The reference with a tangent angle beside the change, and another condition for red. */
  const withAngle = (red: string) =>
    text
      .replace(
        'levels:',
        `  angle: { title: { zh: 角, en: angle }, detector: tangent, channel: L1_LF_1, window: 24 h, uniform: 300 h, floor: 1.5 mm/d, unit: °, thresholds: { orange: 80 °, red: 85 ° } }
levels:`,
      )
      .replace('red: { when: { any: [rain, change] } }', `red: ${red}`);
  it.each([
    ['{ when: angle }', true],
    ['{ when: { any: [change, angle] } }', true],
    ['{ when: { all: [angle, angle at orange] } }', true],
    ['{ when: { all: [angle, { not: rain }] } }', true],
    ['{ when: { n-of: { at-least: 1, of: [rain, angle] } } }', true],
    ['{ when: { all: [change, angle] } }', false],
    ['{ when: { any: [{ all: [change, angle] }, rain] } }', false],
    ['{ when: { n-of: { at-least: 2, of: [rain, change, angle] } } }', false],
    ['{ when: change, persistence: { instruments: 2, or-with: angle } }', true],
    ['{ when: change, persistence: { instruments: 2, or-with: rain at orange } }', false],
  ])('a calculation alone must not reach a level: %s, refused: %s', (red, refused) => {
    const book = withAngle(red);
    const faults = faultsOf(book);
    expect(faults.includes('angle only support other indicators')).toBe(refused);
    if (refused) expect(faults).toContain(`a.rules.yaml:${lineWith(`red: ${red}`, book)}: levels.red.`);
    else expect(faults).toBe('');
  });

  it('speaks to a geologist, Chinese first', () => {
    expect(faultsOf(text.replace('cooldown: 0 min', ''))).toContain('cooldown: 缺少此项 / this must be given');
    expect(faultsOf(text.replace('red: 40 mm', 'red: 40'))).toMatch(/[\u4e00-\u9fff]+.* \/ write a number and its unit/);
  });

  it('names the line of a confirmation that can never be met, whether it is all levels or one', () => {
    const book = text.replace('instruments: 1 }', 'instruments: 1, kinds: 3 }');
    expect(faultsOf(book)).toContain(`a.rules.yaml:${lineWith('kinds: 3', book)}: persistence.kinds: `);
    const one = text.replace('red: { when: { any: [rain, change] } }', 'red: { when: change, persistence: { kinds: 2, instruments: 2 } }');
    expect(faultsOf(one)).toContain(`a.rules.yaml:${lineWith('kinds: 2', one)}: levels.red.persistence.kinds: `);
  });

  it('names file and line of a fault', () => {
    const broken = text.replace('red: 40 mm', 'red: 40');
    expect(faultsOf(broken)).toContain(`a.rules.yaml:${lineWith('red: 40 }', broken)}: indicators.change.thresholds.red: `);
    expect(faultsOf('a: [')).toMatch(/^a\.rules\.yaml:\d+: /);
  });
});
