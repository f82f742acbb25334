import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { rulebookText, ruleCount } from './rules.js';

/** Whether the station accepts it is seen by every bench; here, that it is what the method says. */
describe('the rulebook of the benches', () => {
  const read = (longest?: number) =>
    parse(rulebookText(longest)) as { indicators: Record<string, { window?: string; thresholds: object }> };

  it('has twenty rules with four thresholds each', () => {
    const { indicators } = read();
    expect(ruleCount).toBe(20);
    expect(Object.keys(indicators)).toHaveLength(20);
    for (const { thresholds } of Object.values(indicators)) expect(Object.keys(thresholds)).toEqual(['blue', 'yellow', 'orange', 'red']);
  });

  it('keeps its windows within the longest one', () => {
    const windows = (longest?: number) => new Set(Object.values(read(longest).indicators).flatMap(({ window }) => window ?? []));
    expect(windows(10)).toEqual(new Set(['10 s', '1 min', '10 min']));
    expect(windows()).toContain('1440 min');
  });
});
