import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UCS2, fromContent, toParts } from './text.js';

const han = fc.string({ unit: fc.constantFrom('地', '灾', '红', '色', '𠮷', '1', '，'), maxLength: 400 });

describe('text of a message', () => {
  it('says the same after it was cut and joined, in parts the air can carry', () => {
    fc.assert(
      fc.property(han, fc.integer({ min: 0, max: 65_535 }), (text, reference) => {
        const parts = toParts(text, reference);
        expect(parts.map(({ content, headed }) => fromContent(content, UCS2, headed)).join('')).toBe(text);
        for (const { content } of parts) expect(content.length).toBeLessThanOrEqual(140);
        expect(parts.length === 1).toBe(text.length <= 70);
        if (parts.length > 1)
          parts.forEach(({ content }, index) =>
            expect([...content.subarray(0, 6)]).toEqual([5, 0, 3, reference & 0xff, parts.length, index + 1]),
          );
      }),
    );
  });

  it('cuts no character in two', () => {
    const parts = toParts(`${'村'.repeat(66)}𠮷${'村'.repeat(20)}`, 1);
    expect(fromContent(parts[0]?.content ?? Buffer.alloc(0), UCS2, 1)).toBe('村'.repeat(66));
  });

  it.each([
    [8, '6536523030ff', '收到ヿ'],
    [15, 'cad5b5bd', '收到'],
    [0, '31', '1'],
    [8, '6536ff', '收'],
    [8, '', ''],
  ])('reads format %i', (format, hex, text) => {
    expect(fromContent(Buffer.from(hex, 'hex'), format, 0)).toBe(text);
  });

  it('reads whatever comes', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.integer({ min: 0, max: 255 }),
        fc.integer({ min: 0, max: 1 }),
        (bytes, format, headed) => {
          expect(typeof fromContent(Buffer.from(bytes), format, headed)).toBe('string');
        },
      ),
    );
  });
});
