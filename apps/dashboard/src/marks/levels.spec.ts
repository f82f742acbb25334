import { warningLevels } from '#libs/contracts';
import { describe, expect, it } from 'vitest';
import { zh } from '../i18n/zh/index.js';
import { byLevel, levelLooks, levelOrder, lookOf, pointLevel } from './levels.js';

/** Relative luminance, WCAG 2.2. */
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const c = parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
const contrast = (a: string, b: string): number => {
  const [hi, lo] = [luminance(a), luminance(b)].toSorted((x, y) => y - x) as [number, number];
  return (hi + 0.05) / (lo + 0.05);
};

describe('levels', () => {
  it('tells every level apart without colour: by shape, by glyph and by word', () => {
    const looks = Object.values(levelLooks);
    expect(new Set(looks.map((look) => look.glyph)).size).toBe(looks.length);
    expect(new Set(looks.map((look) => `${look.path}${look.fill === 'none' || look.fill.startsWith('url') ? look.fill : ''}`)).size).toBe(
      looks.length,
    );
    expect(new Set(Object.values(zh.level)).size).toBe(looks.length);
    expect(new Set(warningLevels.map((level) => levelLooks[level].dash.join())).size).toBe(warningLevels.length);
  });

  it('keeps text of every level readable on the panels (WCAG AA, 4.5:1)', () => {
    for (const look of Object.values(levelLooks)) expect(contrast(look.ink, '#16202b')).toBeGreaterThan(4.5);
  });

  it('shows a level it does not know as unknown, not as quiet', () => {
    expect(pointLevel('purple')).toBe('unknown');
    expect(lookOf('purple')).toBe(levelLooks.unknown);
  });

  it('orders strongest first and grey above quiet', () => {
    expect(['none', 'unknown', 'blue', 'red', 'yellow', 'orange'].toSorted(byLevel)).toEqual([...levelOrder]);
  });
});
