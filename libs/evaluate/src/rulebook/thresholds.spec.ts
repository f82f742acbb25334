import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { shipped } from '../fakes/drive.js';
import { parseRulebook } from './rulebook.js';
import { thresholdFaults, thresholdsOfNothing, thresholdTable } from './thresholds.js';

const reference = shipped('reference');
const text = readFileSync(new URL('../../../../alert-rules/reference.rules.yaml', import.meta.url), 'utf8');
/** The reference with a rate on the channel its change reads. */
const both = parseRulebook(
  text.replace(
    'levels:',
    '  rate: { title: { zh: 速率, en: rate }, detector: velocity, channel: L1_LF_1, window: 24 h, unit: mm/d, thresholds: { red: 30 mm/d } }\nlevels:',
  ),
  'b',
  'v',
);
const own = (rule: string, value: number) => ({ rule, level: 'red' as const, value });
const codes = (book: typeof reference, ...given: ReturnType<typeof own>[]) => thresholdFaults(book, given).map(({ code }) => code);

describe("a point's own threshold", () => {
  it.each(['change', 'reference.change', 'L1_LF_1', 'L1_LF_1.value'])('rules when it is named %s', (rule) => {
    expect(codes(reference, own(rule, 12))).toEqual([]);
    expect(thresholdTable(reference, [own(rule, 12)]).of('change').red).toBe(12);
  });

  it.each([0, -3, Number.NaN])('of %s is refused, and the class default stays in force', (value) => {
    expect(codes(reference, own('change', value))).toEqual(['not-positive']);
    expect(codes(both, own('rate.v0', value))).toEqual(['not-positive']);
    expect(thresholdTable(reference, [own('change', value)]).of('change').red).toBe(40);
    expect(thresholdTable(both, [own('rate.v0', value)]).v0('rate')).toBeUndefined();
  });

  it('by the name of a channel that indicators of different units read is refused with their names, and rules neither', () => {
    const [fault] = thresholdFaults(both, [own('L1_LF_1', 12)]);
    expect(fault?.code).toBe('across-units');
    expect(fault?.text.en).toContain('change (mm), rate (mm/d)');
    const table = thresholdTable(both, [own('L1_LF_1', 12)]);
    expect([table.of('change').red, table.of('rate').red]).toEqual([40, 30]);
    expect(codes(both, own('rate', 12), own('change', 12))).toEqual([]);
  });

  it('that names nothing is named with what there is', () => {
    expect(thresholdFaults(reference, [own('velocity', 12)])[0]?.text.en).toContain('it has rain, change');
    expect(thresholdsOfNothing(reference, [own('velocity', 12), own('change', 12), own('change', 0)])).toEqual([
      own('velocity', 12),
      own('change', 0),
    ]);
  });
});
