import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { meaningOf } from './reply.js';

describe('meaningOf', () => {
  it.each([
    ['1', 'ack'],
    ['１', 'ack'],
    [' 1。', 'ack'],
    ['①', 'ack'],
    ['1收到', 'ack'],
    ['1 3号楼都知道了', 'ack'],
    ['收到', 'ack'],
    ['收到！', 'ack'],
    ['知道', 'ack'],
    ['知道了', 'ack'],
    ['好', 'ack'],
    ['OK', 'ack'],
    ['Ｙｅｓ', 'ack'],
    ['壹', 'ack'],
    ['2', 'help'],
    ['2.', 'help'],
    ['2快来人', 'help'],
    ['求助！！老人走不动', 'help'],
    ['救命', 'help'],
    ['S O S', 'help'],
    ['help me', 'help'],
    ['3', 'safe'],
    ['3到学校了', 'safe'],
    ['已撤离', 'safe'],
    ['安全，在村小学', 'safe'],
    ['到了', 'safe'],
    ['0', 'opt-out'],
    ['TD', 'opt-out'],
    ['退订', 'opt-out'],
    ['N', 'opt-out'],
    ['', 'free-text'],
    ['13号', 'free-text'],
    ['12', 'free-text'],
    ['0838-1234567', 'free-text'],
    ['没收到', 'free-text'],
    ['不知道', 'free-text'],
    ['退订怎么办', 'free-text'],
    ['不安全', 'free-text'],
    ['后山在响', 'free-text'],
  ])('%s → %s', (text, meaning) => {
    expect(meaningOf(text)).toBe(meaning);
  });

  const around = fc.stringMatching(/^[ \t\n。！!,，.…“”【】*-]{0,6}$/);

  it('does not care for white space, punctuation, width or case around an answer', () => {
    const answers = fc.constantFrom('1', '2', '3', '收到', '求助', '已撤离', 'ok', 'help', 'td');
    const wide = (text: string) => text.replace(/[!-~]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0));
    fc.assert(
      fc.property(answers, around, around, fc.boolean(), fc.boolean(), (text, before, after, full, upper) => {
        const shown = upper ? text.toUpperCase() : text;
        expect(meaningOf(before + (full ? wide(shown) : shown) + after)).toBe(meaningOf(text));
      }),
    );
  });

  it('lets the leading digit decide whatever text follows', () => {
    const tail = fc.string().filter((text) => !/^\d/.test(text.normalize('NFKC')));
    fc.assert(
      fc.property(fc.constantFrom(['1', 'ack'], ['2', 'help'], ['3', 'safe']), tail, ([digit, meaning], text) => {
        expect(meaningOf(`${digit}${text}`)).toBe(meaning);
      }),
    );
  });

  it('knows a meaning for any text, and never takes a longer number for an answer', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 0x10ffff }), { maxLength: 40 }), (points) => {
        expect(typeof meaningOf(String.fromCodePoint(...points))).toBe('string');
      }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 10, max: 99_999_999_999 }), (n) => {
        expect(meaningOf(String(n))).toBe('free-text');
      }),
    );
  });
});
