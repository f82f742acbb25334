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

  it('shows what a release waits for, the tasks of the plan and the response level, and acts on them', async () => {
    const red = scene.warning('w1', slope, 'red');
    const out = { ...red.releases.public, state: 'published' as const, level: 'red' as const, version: 1, publishedAt: scene.iso(60_000) };
    const release = { ...out, ratified: false, ratifyBy: scene.iso(-1_740_000), ratifyOverdue: false };
    const asked = { action: 'all-clear' as const, scope: 'public' as const, by: '周签发', at: scene.iso(1000) };
    const latched = { level: 'red' as const, since: scene.iso(1000) };
    const changed = { releases: { ...red.releases, public: release }, release: { ...red.release, public: 'published' as const } };
    station.tell('warning.opened', { ...red, ...changed, countersign: asked, latched });
    for (const [id, zh, state] of [
      ['late', '组织转移', 'overdue'],
      ['next', '设警戒', 'to-dispatch'],
    ] as const)
      station.tasks.set(id, scene.task(id, 'w1', slope, zh, state));
    await signIn();
    await page.click('[data-warning=w1] a.name');
    await page.waitForSelector('[data-tasks] [data-task=late]');
    expect(await text('[data-latched]')).toBe('等级反复，已锁定');
    expect(await text('[data-countersign]')).toContain('周签发 申请解除');
    expect(await text('[data-release=public]')).toContain('前补签');
    expect(await page.locator('[data-task]').evaluateAll((all) => all.map((one) => one.getAttribute('data-task')))).toEqual([
      'late',
      'next',
    ]);

    await page.click('[data-task=late] [data-task-action=start]');
    await page.click('dialog button[name=confirm]');
    await page.waitForSelector('[data-task=late][data-task-state=checking]');
    await page.click('[data-task=late] [data-task-action=report]');
    await page.click('dialog button[name=confirm]');
    expect(station.acts.map(({ action }) => action)).toEqual(['start']);
    await page.fill('dialog textarea[name=note]', '38 户已全部转移');
    await page.click('dialog button[name=confirm]');
    await page.waitForSelector('[data-task=late] >> text=38 户已全部转移');

    await page.click('[data-response]');
    await page.selectOption('dialog select[name=response-level]', 'II');
    await page.fill('dialog input[name=authority]', '县地质灾害应急指挥部');
    await page.fill('dialog textarea[name=reason]', '滑坡加速');
    await page.click('dialog button[name=confirm]');
    await page.waitForSelector('[data-response] >> text=Ⅱ 级响应');

    await page.click('[data-action=all-clear]');
    expect(await text('dialog [data-second]')).toContain('周签发 已提出，由您会签');
    await page.selectOption('dialog select[name=disposal]', '3');
    if (process.env['WANGSHAN_PAGE_PICTURES']) await page.screenshot({ path: `${process.env['WANGSHAN_PAGE_PICTURES']}/release.png` });
    await page.click('dialog button[name=confirm]');
    await expect.poll(() => station.acts.at(-1)?.body).toMatchObject({ scope: 'public', disposal: 3 });
    expectClean();
  });

  it('takes the kind of disposal of a warning that ended without one', async () => {
    station.tell('warning.opened', { ...scene.warning('w1', slope, 'orange'), state: 'expired' });
    await signIn();
    await page.goto(`${station.origin}/warnings/w1`);
    await page.click('[data-action=dispose]');
    await page.click('dialog button[name=confirm]');
    expect(station.acts).toEqual([]);
    await page.selectOption('dialog select[name=disposal]', '1');
    await page.click('dialog button[name=confirm]');
    await expect.poll(() => station.acts.at(-1)).toMatchObject({ action: 'dispose', body: { disposal: 1 } });
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
