import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeJson } from './json-merge.js';
import { parseJson } from './json.js';

describe('JSON with a key twice', () => {
  it.each<[string, string, unknown, string[]]>([
    ['a sensor repeated for each time', '{"d":{"a":{"1":1},"a":{"2":2}}}', { d: { a: { 1: 1, 2: 2 } } }, []],
    ['a device repeated', '{"d":{"a":1},"e":0,"d":{"b":2}}', { d: { a: 1, b: 2 }, e: 0 }, []],
    ['the same said twice', '{"a":"x","a":"x"}', { a: 'x' }, []],
    ['two values', '{"a":1,"a":2,"b":3}', { b: 3 }, ['a']],
    ['two values under a joined key', '{"d":{"a":1,"c":1},"d":{"a":2,"b":2}}', { d: { b: 2, c: 1 } }, ['d.a']],
    ['three values of which two are equal', '{"a":1,"a":2,"a":1,"b":0}', { b: 0 }, ['a']],
    ['a value and an object', '{"a":1,"a":{"b":2}}', {}, ['a']],
    ['keys that only look equal once read', '{"a":1,"\\u0061":2,"b":"\\"}"}', { b: '"}' }, ['a']],
    ['inside a list', '[{"a":{"x":1},"a":{"y":2}}]', [{ a: { x: 1, y: 2 } }], []],
  ])('%s', (_, text, value, contradictions) => expect(parseJson(new TextEncoder().encode(text))).toEqual({ value, contradictions }));

  it('makes no prototype of __proto__', () => {
    const merged = mergeJson('{"__proto__":{"a":1},"__proto__":{"b":2}}');
    expect('value' in merged && Object.getPrototypeOf(merged.value)).toBe(Object.prototype);
    expect('value' in merged && Object.keys(merged.value as object)).toEqual(['__proto__']);
  });

  it('refuses what is nested deeper than any device nests', () => {
    expect(mergeJson(`${'{"a":'.repeat(40)}1${'}'.repeat(40)}`)).toEqual({ fault: expect.stringContaining('32 levels') });
  });

  it('reads every JSON without doubles as JSON.parse does', () =>
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), fc.constantFrom('', ' ', '\n\t'), (json, space) => {
        const text = JSON.stringify(JSON.parse(json), null, space);
        expect(mergeJson(text)).toEqual({ value: JSON.parse(text), contradictions: [] });
      }),
      { numRuns: 500 },
    ));
});
