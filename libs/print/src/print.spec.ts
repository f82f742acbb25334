import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { PrintDocument } from './document.js';
import { printPdf } from './print.js';

const AT = Date.UTC(2026, 6, 1, 7, 20);
const document: PrintDocument = {
  title: '叫应报告 Report of call and response',
  subtitle: '石碑村3组滑坡',
  header: '望山县自然资源局',
  footer: 'w-1 · 2026-07-01 15:20',
  blocks: [
    {
      kind: 'form',
      rows: [
        [
          { label: '户主', value: '张三' },
          { label: '电话', value: '13900000011' },
        ],
        [{ label: '撤离路线', value: '沿2号路线到村小学，'.repeat(12) }],
      ],
    },
    { kind: 'heading', text: '各户 Households' },
    {
      kind: 'table',
      columns: [
        { title: '户主', share: 1 },
        { title: '情况', share: 3 },
      ],
      rows: [{ cells: ['李四', '未叫应'], shaded: true, bold: true }],
    },
    { kind: 'text', text: 'signed by hand', align: 'right' },
  ],
};

const textOf = (pdf: Uint8Array): string => Buffer.from(pdf).toString('latin1');
const pagesOf = (pdf: Uint8Array): number => Number(/\/Count (\d+)/.exec(textOf(pdf))?.[1]);

/** The characters a reader can copy out of the file: what its fonts say each glyph stands for. */
function charactersOf(pdf: Uint8Array): string {
  const bytes = Buffer.from(pdf);
  let found = '';
  for (const match of textOf(pdf).matchAll(/\/Length (\d+)[^>]*>>\nstream\n/g)) {
    const start = match.index + match[0].length;
    let content: string;
    try {
      content = inflateSync(bytes.subarray(start, start + Number(match[1]))).toString('latin1');
    } catch {
      continue;
    }
    if (!content.includes('beginbfrange')) continue;
    for (const [, code] of content.matchAll(/<([0-9a-f]{4,8})>/gi))
      found += Buffer.from(code ?? '', 'hex')
        .swap16()
        .toString('utf16le');
  }
  return found;
}

describe('printPdf', () => {
  it('sets Chinese and Latin text with its fonts in the file', async () => {
    const pdf = await printPdf(document, AT);
    expect(textOf(pdf).slice(0, 5)).toBe('%PDF-');
    expect(textOf(pdf)).toMatch(/\/FontName \/[A-Z]+\+NotoSansHans-Regular/);
    const characters = charactersOf(pdf);
    for (const character of '叫应报告户主张三未撤离路线Report') expect(characters).toContain(character);
  });

  it('gives the same pages for the same document', async () => {
    const withoutId = (pdf: Uint8Array) => textOf(pdf).replace(/\/ID \[[^\]]*\]/, '');
    expect(withoutId(await printPdf(document, AT))).toBe(withoutId(await printPdf(document, AT)));
  });

  it('goes on on new pages, and tears no row', async () => {
    const rows = Array.from({ length: 120 }, (_, n) => ({ cells: [`户${n}`, '已收到'] }));
    const [table] = document.blocks.filter((block) => block.kind === 'table');
    if (!table) throw new Error('no table');
    const pdf = await printPdf({ ...document, band: '演练 EXERCISE', blocks: [{ ...table, rows }] }, AT);
    // 120 rows of 18 points and more on pages of 737 usable points.
    expect(pagesOf(pdf)).toBeGreaterThanOrEqual(3);
    expect(pagesOf(pdf)).toBeLessThanOrEqual(5);
    expect(charactersOf(pdf)).toContain('演');
  });

  it('ends with a row that is higher than a page', async () => {
    const pdf = await printPdf(
      { ...document, blocks: [{ kind: 'form', rows: [[{ label: '说明', value: '很长的说明。'.repeat(2000) }]] }] },
      AT,
    );
    expect(pagesOf(pdf)).toBeLessThanOrEqual(3);
  });

  it('leaves the event loop free meanwhile', async () => {
    let beats = 0;
    const heart = setInterval(() => (beats += 1), 5);
    await printPdf(document, AT);
    clearInterval(heart);
    expect(beats).toBeGreaterThan(5);
  });
});
