import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseRulebook } from '../rulebook/rulebook.js';
import { parseSweep, SweepError, variantsOf } from './variant.js';

const text = readFileSync(new URL('../../../../alert-rules/reference.rules.yaml', import.meta.url), 'utf8');

describe('parseSweep', () => {
  it.each([
    ['rain.threshold.red=80..100:10', ['indicators', 'rain', 'thresholds', 'red'], [80, 90, 100]],
    ['rain.window=1,2.5', ['indicators', 'rain', 'window'], [1, 2.5]],
    ['persistence.samples=1..3:1', ['persistence', 'samples'], [1, 2, 3]],
    ['levels.red.persistence.samples=2', ['levels', 'red', 'persistence', 'samples'], [2]],
    ['cooldown=0..0.3:0.1', ['cooldown'], [0, 0.1, 0.2, 0.3]],
  ])('%s', (given, path, values) => expect(parseSweep(given)).toMatchObject({ path, values }));

  it.each(['rain.threshold.red', 'rain.threshold.red=', 'a=5..1:1', 'a=1..5:0', 'a=1..5', 'a=x', 'a=0..1:0.00001', 'a b=1'])(
    'refuses %s',
    (given) => expect(() => parseSweep(given)).toThrow(SweepError),
  );
});

describe('variantsOf', () => {
  const sweep = (...given: string[]) => variantsOf(text, given.map(parseSweep));

  it('sets the number and keeps its unit, for every combination', () => {
    const all = sweep('rain.threshold.red=80,90', 'rain.window=1..3:1');
    expect(all.map(({ set }) => Object.values(set))).toEqual([
      [80, 1],
      [80, 2],
      [80, 3],
      [90, 1],
      [90, 2],
      [90, 3],
    ]);
    const book = parseRulebook(all[5]!.text, 'f', 'v');
    expect(book.indicators.find(({ id }) => id === 'rain')).toMatchObject({
      unit: 'mm',
      thresholds: { red: 90, orange: 60 },
      spec: { window: 10_800_000 },
    });
    expect(all[0]!.text).toContain('status: acceptance');
  });

  it('the number that is written there gives the same rulebook', () => {
    const [same] = sweep('rain.threshold.red=80');
    expect(parseRulebook(same!.text, 'f', 'v')).toEqual(parseRulebook(text, 'f', 'v'));
  });

  it('names what can be swept when a name leads nowhere', () => {
    expect(() => sweep('rain.threshold.purple=1')).toThrow(/rain\.threshold\.red.*rain\.window.*change\.window/);
    expect(() => sweep('rain.channel=1')).toThrow(/no single number/);
  });
});
