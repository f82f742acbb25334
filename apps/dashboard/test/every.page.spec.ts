import { describe, expect, it } from 'vitest';
import * as scene from './scene/index.js';
import { scriptedPage } from './scripted-page.js';
import { visit } from './watch.js';

const slope = '5132210100012';
const paths = [
  '/',
  `/points/${slope}`,
  '/warnings',
  '/warnings/w-slope',
  '/consultations',
  '/consultations/c1',
  '/cards',
  '/devices',
  '/quarantine',
  '/audit',
  '/settings',
];

describe('every page', () => {
  const at = scriptedPage({ width: 1280, height: 800 });

  it.each([
    ['zh', 'zh-CN'],
    ['en', 'en'],
  ] as const)('opens in %s without overflow, error, foreign request or policy violation', async (language, tag) => {
    const { page, station } = at;
    station.tell('warning.opened', scene.warning('w-slope', slope, 'orange'));
    await at.signIn();
    if (language === 'en') await page.click('.status button.quiet >> nth=0');
    for (const path of paths) {
      await visit(page, station.origin + path);
      await page.waitForSelector('main h1');
      const found = await page.evaluate(() => ({
        overflow: document.querySelector('main')!.scrollWidth - document.querySelector('main')!.clientWidth,
        language: document.documentElement.lang,
        untranslated: /\b[a-z]+\.[a-z]+[A-Z]?\w*\.?\b(?=\s|$)/.exec(document.querySelector('nav')!.textContent ?? '')?.[0] ?? null,
      }));
      expect(found, path).toEqual({ overflow: 0, language: tag, untranslated: null });
    }
    expect(at.watched.errors).toEqual([]);
    at.expectClean();
  });
});
