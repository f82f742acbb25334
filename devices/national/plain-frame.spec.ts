import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Decoding } from '../decoding.js';
import { contextOf } from '../fakes/shipped.js';
import { nationalCodec } from './codec.js';
import { readPlainFrame } from './plain-frame.js';

const context = contextOf('station', { '99': 'foreign-device' });
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const frame = (text: string): Uint8Array => {
  const json = bytes(text);
  return new Uint8Array([2, json.length >> 8, json.length & 0xff, ...json]);
};
/** The same JSON, written so that only the general way reads it: one of its characters is escaped. */
const escaped = (text: string): string =>
  text.replace(/"([\x20\x21\x23-\x7e])/, (_, character: string) => `"\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};
const isPlain = (text: string): boolean => readPlainFrame(bytes(text), new Decoding(context));

const time = '2026-03-14T06:00:00.000Z';

describe('a frame in plain characters', () => {
  const names = fc.constantFrom(
    '17165802',
    '99',
    'B5',
    'L1_LF_1',
    'L1_GP_1',
    'L3_YL_1',
    'L1_QJ_2',
    'L9_NO_1',
    'at',
    'header',
    '__proto__',
    '7',
  );
  const times = fc.constantFrom(time, '2026-03-14 14:00:00', '1773468000000', '2026-13-14T06:00:00.000Z', 'yesterday', 'at', '');
  const fields = fc.constantFrom('X', 'value', 'gpsTotalX', '__proto__', '3');
  const numbers = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom(0, -0, 1e308, -12.5));
  const values = fc.oneof(numbers, fc.dictionary(fields, numbers), fc.constantFrom(null, true, '1,2', '3.5', [], [1]));
  const content = fc.dictionary(names, fc.dictionary(names, fc.oneof(fc.dictionary(times, values), values), { maxKeys: 3 }), {
    maxKeys: 3,
  });

  it('is read as the general way reads it, whatever it says', () => {
    fc.assert(
      fc.property(content, fc.constantFrom(undefined, 1, '\t'), (what, indent) => {
        const text = JSON.stringify(what, undefined, indent);
        expect(nationalCodec(frame(text), context)).toEqual(nationalCodec(frame(escaped(text)), context));
      }),
      { numRuns: 500 },
    );
  });

  it('is read so also where it has been cut or changed', () => {
    const whole = JSON.stringify({ '17165802': { L1_LF_1: { [time]: 1.5 }, L1_QJ_1: { [time]: { X: -1, Y: 2e-3 } } } });
    const change = fc.tuple(fc.nat(whole.length), fc.nat(3), fc.string({ maxLength: 3 }));
    fc.assert(
      fc.property(change, ([at, drop, put]) => {
        const text = whole.slice(0, at) + put + whole.slice(at + drop);
        if (isJson(text)) expect(nationalCodec(frame(text), context)).toEqual(nationalCodec(frame(escaped(text)), context));
        else expect(isPlain(text)).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['what nearly every device sends', `{"17165802":{"L1_LF_1":{"${time}":1.5},"L1_QJ_1":{"${time}":{"X":0.1,"Y":-2}}}}`, true],
    ['white space', ` { "17165802" : {\n"L1_LF_1":{"${time}": 1 }}}\r\n`, true],
    ['a name twice', `{"17165802":{"L1_LF_1":{"${time}":1},"L1_LF_1":{"${time}":2}}}`, false],
    ['a time twice', `{"17165802":{"L1_LF_1":{"${time}":1,"${time}":2}}}`, false],
    ['a field twice', `{"17165802":{"L1_QJ_1":{"${time}":{"X":1,"X":2}}}}`, false],
    ['whole numbers as names, which an object puts in order', `{"7":{"L1_LF_1":{"${time}":1}},"5":{"L1_LF_1":{"${time}":1}}}`, false],
    ['a number with a zero before it', `{"17165802":{"L1_LF_1":{"${time}":01}}}`, false],
    ['a text as a value', `{"17165802":{"L1_LF_1":{"${time}":"1"}}}`, false],
    ['more behind its end', `{"17165802":{"L1_LF_1":{"${time}":1}}}}`, false],
    ['Chinese', `{"裂缝":{"L1_LF_1":{"${time}":1}}}`, false],
  ])('%s', (_, text, plain) => {
    expect(isPlain(text)).toBe(plain);
  });
});
