import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openBrowser } from './browser.js';
import { buildPages } from './pages.js';
import * as scene from './scenario.js';
import { scriptedStation, type ScriptedStation } from './station.js';
import { watchPage, type Watched } from './watch.js';

const drill = '5132210100001';
const slope = '5132210100012';

describe('dashboard', () => {
  let browser: Browser;
  let pages: Awaited<ReturnType<typeof buildPages>>;
  let station: ScriptedStation;
  let context: BrowserContext;
  let page: Page;
  let watched: Watched;

  beforeAll(async () => {
    [pages, browser] = await Promise.all([buildPages(), openBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await pages?.remove();
  });
  beforeEach(async () => {
    station = await scriptedStation(pages.directory);
    context = await browser.newContext({ viewport: { width: 1600, height: 900 } });
    page = await context.newPage();
    watched = await watchPage(page, station.origin);
  });
  afterEach(async () => {
    await context.close();
    await station.stop();
  });

  async function signIn(): Promise<void> {
    await page.goto(station.origin);
    await page.fill('input[name=username]', 'duty');
    await page.fill('input[name=password]', 'mountain-watch');
    await page.click('form button.primary');
    await page.waitForSelector(`tr[data-point="${drill}"]`);
  }
  const text = async (selector: string): Promise<string> => (await page.locator(selector).first().innerText()).replace(/\s+/g, ' ');
  /** The pages never left their origin and never broke their own policy. */
  function expectClean(): void {
    expect(watched.foreign).toEqual([]);
    expect(watched.violations).toEqual([]);
  }

  it('refuses a wrong password in words and lets the right one in', async () => {
    await page.goto(station.origin);
    await page.fill('input[name=username]', 'duty');
    await page.fill('input[name=password]', 'guess');
    await page.click('form button.primary');
    await page.waitForSelector('[role=alert]');
    expect(await text('[role=alert]')).toBe('用户名或密码不正确。');
    await signIn();
    expect(await page.locator('tr[data-point]').count()).toBe(scene.points.length);
    expectClean();
  });

  it('shows a warning the moment it opens, follows it to red, opens it and acts on it once', async () => {
    await signIn();
    expect(await page.locator('article.card').count()).toBe(0);

    station.tell('warning.opened', scene.warning('w1', drill, 'yellow'));
    await page.waitForSelector('[data-warning=w1].yellow');
    station.tell('warning.opened', scene.warning('w2', slope, 'orange', { openedAt: scene.iso(1000) }));
    await page.waitForSelector('[data-warning=w2].orange');
    expect(await text('article.card >> nth=0')).toContain('新磨村后山滑坡');

    station.tell('warning.level', scene.warning('w1', drill, 'red', { version: 2, timeline: [scene.entry('t1', 1_000, 'red')] }));
    await page.waitForSelector('[data-warning=w1].red');
    // Red is on top, though the orange one is newer; colour, shape and word say so, and it is marked as exercise.
    expect(await text('article.card >> nth=0')).toMatch(/红色 普雷昂佐滑坡.*演练/);
    await page.waitForSelector(`tr[data-point="${drill}"] >> text=红色`);

    await page.click('[data-warning=w1] a.name');
    await page.waitForSelector('h1 >> text=红色预警');
    expect(await text('.timeline')).toContain('位移速率 63.1 mm/d');
    await page.waitForSelector('[data-count=delivered] >> text=5');
    expect([await text('[data-count=total]'), await text('[data-count=failed]'), await text('[data-count=acked]')]).toEqual([
      '8',
      '2',
      '4',
    ]);

    await page.click('[data-action=acknowledge]');
    await page.locator('dialog button[name=confirm]').dblclick();
    await page.waitForSelector('header .tag.good >> text=已签收');
    expect(station.acts.map(({ id, action }) => [id, action])).toEqual([['w1', 'acknowledge']]);
    expect(station.acts[0]?.key).toMatch(/^[0-9a-f]{32}$/);
    expect(await page.locator('[data-action=acknowledge]').count()).toBe(0);
    expectClean();
  });

  it('asks for the disposal before it closes a warning', async () => {
    station.tell('warning.opened', scene.warning('w1', slope, 'orange'));
    await signIn();
    await page.click('[data-warning=w1] [data-action=close]');
    await page.click('dialog button[name=confirm]');
    expect(station.acts).toEqual([]);
    await page.selectOption('dialog select[name=disposal]', '3');
    await page.click('dialog button[name=confirm]');
    await page.waitForSelector('[data-warning=w1]', { state: 'detached' });
    expect(station.acts[0]?.body).toMatchObject({ disposal: 3 });
    expectClean();
  });

  it('draws live values with a text for those who don’t see the canvas', async () => {
    await signIn();
    await page.goto(`${station.origin}/points/${slope}`);
    const chart = page.locator('[role=img][aria-label^="裂缝，"]');
    await chart.waitFor();
    station.frame([[6, scene.bootAt + 60_000, 48.75, '']]);
    await page.waitForSelector('[role=img][aria-label*="48.75 mm"]');
    expect(await text('tr[data-indicator=rain-24h]')).toContain('未知：数据中断');
    // The curve of an indicator among its bands, moving with what the wall sends to those who look at the point.
    await page.waitForSelector('[data-indicator-chart=velocity] [role=img][aria-label*="6.40 mm/d"]');
    const state = scene.stateOf(slope, 0.35);
    const indicators = state.indicators.map((one) => (one.id === 'velocity' ? { ...one, value: 12.5 } : one));
    station.point({
      state: { ...state, judgedTo: state.judgedTo + 1, indicators },
      series: [{ id: 'velocity', deviceId: 'LF-2203', channel: 'L1_LF_1', samples: [[scene.bootAt + 3_600_000, 12.5]] }],
    });
    await page.waitForSelector('[data-indicator-chart=velocity] [role=img][aria-label*="12.50 mm/d"]');
    await page.waitForSelector('tr[data-indicator=velocity] >> text=距橙色 37.50 mm/d');
    expectClean();
  });

  it('says that the link is lost, and replays what happened meanwhile', async () => {
    await signIn();
    station.away();
    await page.waitForSelector('.band.broken', { timeout: 15_000 });
    expect(await text('.band.broken')).toContain('链路中断');
    station.warnings.set('w1', scene.warning('w1', slope, 'red'));
    station.back();
    await page.waitForSelector('[data-warning=w1].red', { timeout: 15_000 });
    await page.waitForSelector('.band.broken', { state: 'detached' });
    expect(await text('.link')).toBe('链路正常');
    expectClean();
  });

  it('works by keyboard alone: from the list to the acknowledgement', async () => {
    station.tell('warning.opened', scene.warning('w1', slope, 'orange'));
    await signIn();
    await page.waitForSelector('[data-action=acknowledge]');
    let reached = false;
    for (let i = 0; i < 60 && !reached; i += 1) {
      await page.keyboard.press('Tab');
      reached = await page.evaluate(() => (document.activeElement as HTMLElement | null)?.dataset['action'] === 'acknowledge');
    }
    expect(reached).toBe(true);
    await page.keyboard.press('Enter');
    await page.waitForSelector('dialog[open]');
    for (let i = 0; i < 10; i += 1) {
      if (await page.evaluate(() => (document.activeElement as HTMLButtonElement | null)?.name === 'confirm')) break;
      await page.keyboard.press('Tab');
    }
    await page.keyboard.press('Enter');
    await page.waitForSelector('[data-warning=w1] .tag.good');
    expect(station.acts.map((act) => act.action)).toEqual(['acknowledge']);
  });

  it('opens every page in both languages without overflow, error, foreign request or policy violation', async () => {
    station.tell('warning.opened', scene.warning('w-slope', slope, 'orange'));
    await page.setViewportSize({ width: 1280, height: 800 });
    await signIn();
    for (const language of ['zh', 'en']) {
      for (const path of [
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
      ]) {
        await page.goto(station.origin + path);
        await page.waitForSelector('main h1');
        await page.waitForLoadState('networkidle').catch(() => undefined);
        const found = await page.evaluate(() => ({
          overflow: document.querySelector('main')!.scrollWidth - document.querySelector('main')!.clientWidth,
          language: document.documentElement.lang,
          untranslated: /\b[a-z]+\.[a-z]+[A-Z]?\w*\.?\b(?=\s|$)/.exec(document.querySelector('nav')!.textContent ?? '')?.[0] ?? null,
        }));
        expect(found, `${language} ${path}`).toEqual({ overflow: 0, language: language === 'zh' ? 'zh-CN' : 'en', untranslated: null });
      }
      if (language === 'zh') await page.click('.status button.quiet >> nth=0');
    }
    expect(watched.errors).toEqual([]);
    expectClean();
  });
});
