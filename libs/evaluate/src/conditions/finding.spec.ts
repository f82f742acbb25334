import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { warningLevels } from '#libs/contracts';
import type { Condition } from './condition.js';
import { compileCondition, type Fact } from './finding.js';

const thresholds = { of: () => ({ blue: 1, yellow: 2, orange: 3, red: 4 }), v0: () => undefined };
const compile = (condition: Condition, more: { ratio?: number; unknownWhen?: 'any' | 'all'; worse?: 'more' | 'less' } = {}) =>
  compileCondition(condition, {
    level: 'orange',
    thresholds,
    worse: () => more.worse ?? 'more',
    unknownWhen: more.unknownWhen ?? 'any',
    ratio: more.ratio ?? 1,
  });
const fact = (indicator: string, deviceId: string, value: number | null, partial = false): Fact => ({
  key: `${indicator}|${deviceId}|c`,
  indicator,
  deviceId,
  value,
  partial,
});
const a: Condition = { kind: 'reached', indicator: 'a', at: undefined };
const b: Condition = { kind: 'reached', indicator: 'b', at: 'red' };

describe('conditions', () => {
  it('reach their own level, or the one they name', () => {
    expect(compile(a)([fact('a', 'd', 3)]).truth).toBe('yes');
    expect(compile(b)([fact('b', 'd', 3)]).truth).toBe('no');
  });
  it('unknown is neither yes nor no, and loses against a certain answer', () => {
    const facts = [fact('a', 'd', null), fact('b', 'd', 0)];
    expect(compile(a)(facts).truth).toBe('unknown');
    expect(compile({ kind: 'all', of: [a, b] })(facts).truth).toBe('no');
    expect(compile({ kind: 'any', of: [a, b] })(facts).truth).toBe('unknown');
    expect(compile({ kind: 'not', of: a })(facts).truth).toBe('unknown');
  });
  it('an instrument that is not installed raises nothing and greys nothing, also under not', () => {
    expect(compile({ kind: 'any', of: [a, b] })([fact('a', 'd', 0)]).truth).toBe('no');
    expect(compile({ kind: 'not', of: b })([fact('a', 'd', 0)]).truth).toBe('unknown');
  });
  it('a lower bound is enough to raise and not enough to be calm', () => {
    expect(compile(a)([fact('a', 'd', 3, true)]).truth).toBe('yes');
    expect(compile(a)([fact('a', 'd', 2, true)]).truth).toBe('unknown');
  });
  it('one silent instrument of two: unknown under any, calm under all', () => {
    const facts = [fact('a', 'd', 0), fact('a', 'e', null)];
    expect(compile(a)(facts).truth).toBe('unknown');
    expect(compile(a, { unknownWhen: 'all' })(facts).truth).toBe('no');
  });
  it('same-instrument does not add one instrument to another', () => {
    const facts = [fact('a', 'd', 3), fact('b', 'd', 0), fact('a', 'e', 0), fact('b', 'e', 4)];
    const both: Condition = { kind: 'all', of: [a, b] };
    expect(compile(both)(facts).truth).toBe('yes');
    expect(compile({ kind: 'same-instrument', of: both })(facts).truth).toBe('no');
  });
  it('less is worse: the bound to hold lies above the one to raise', () => {
    expect(compile(a, { worse: 'less' })([fact('a', 'd', 3.2)]).truth).toBe('no');
    expect(compile(a, { worse: 'less', ratio: 0.9 })([fact('a', 'd', 3.2)]).truth).toBe('yes');
  });

  const condition = fc.letrec<{ node: Condition }>((tie) => ({
    node: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.record({
        kind: fc.constant('reached' as const),
        indicator: fc.constantFrom('a', 'b', 'c'),
        at: fc.option(fc.constantFrom(...warningLevels), { nil: undefined }),
      }),
      fc.record({ kind: fc.constantFrom('all' as const, 'any' as const), of: fc.array(tie('node'), { minLength: 1, maxLength: 3 }) }),
      fc.record({
        kind: fc.constant('n-of' as const),
        atLeast: fc.integer({ min: 1, max: 4 }),
        of: fc.array(tie('node'), { minLength: 1, maxLength: 3 }),
      }),
      fc.record({ kind: fc.constantFrom('same-instrument' as const), of: tie('node') }),
    ),
  })).node;
  const facts = fc.array(
    fc.record({
      indicator: fc.constantFrom('a', 'b'),
      deviceId: fc.constantFrom('d', 'e'),
      value: fc.option(fc.integer({ min: 0, max: 5 })),
    }),
    { maxLength: 6 },
  );

  it('never throw, and whatever raises also holds (property)', () => {
    fc.assert(
      fc.property(condition, facts, (tree, given) => {
        const known = given.map(({ indicator, deviceId, value }, i) => ({ ...fact(indicator, deviceId, value), key: `${i}` }));
        const rise = compile(tree)(known);
        if (rise.truth === 'yes') expect(compile(tree, { ratio: 0.8 })(known).truth).toBe('yes');
        if (rise.truth === 'yes') expect(rise.support.length).toBeGreaterThan(0);
      }),
    );
  });
});
