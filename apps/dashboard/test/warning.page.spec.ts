import { describe, expect, it } from 'vitest';
import { clickTwice, textOf } from './browser.js';
import * as scene from './scene/index.js';
import { scriptedPage } from './scripted-page.js';

const drill = '5132210100001';
const slope = '5132210100012';

describe('a warning, from its opening to what became of it', () => {
  const at = scriptedPage();

  it('shows a warning the moment it opens, follows it to red, opens it and acts on it once', async () => {
    const { page, station } = at;
    await at.signIn();
    expect(await page.locator('article.card').count()).toBe(0);

    station.tell('warning.opened', scene.warning('w1', drill, 'yellow'));
    await page.waitForSelector('[data-warning=w1].yellow');
    station.tell('warning.opened', scene.warning('w2', slope, 'orange', { openedAt: scene.iso(1000) }));
    await page.waitForSelector('[data-warning=w2].orange');
    expect(await textOf(page, 'article.card >> nth=0')).toContain('新磨村后山滑坡');

    station.tell('warning.level', scene.warning('w1', drill, 'red', { version: 2, timeline: [scene.entry('t1', 1_000, 'red')] }));
    await page.waitForSelector('[data-warning=w1].red');
    // Red is on top, though the orange one is newer; colour, shape and word say so, and it is marked as exercise.
    expect(await textOf(page, 'article.card >> nth=0')).toMatch(/红色 普雷昂佐滑坡.*演练/);
    await page.waitForSelector(`tr[data-point="${drill}"] >> text=红色`);

    await page.click('[data-warning=w1] a.name');
    await page.waitForSelector('h1 >> text=红色预警');
    expect(await textOf(page, '.timeline')).toContain('位移速率 63.1 mm/d');
    await page.waitForSelector('[data-count=delivered] >> text=5');
    expect([
      await textOf(page, '[data-count=total]'),
      await textOf(page, '[data-count=failed]'),
      await textOf(page, '[data-count=acked]'),
    ]).toEqual(['8', '2', '4']);

    await page.click('[data-action=acknowledge]');
    await clickTwice(page, 'dialog button[name=confirm]');
    await page.waitForSelector('header .tag.good >> text=已签收');
    expect(station.acts.map(({ id, action }) => [id, action])).toEqual([['w1', 'acknowledge']]);
    expect(station.acts[0]?.key).toMatch(/^[0-9a-f]{32}$/);
    expect(await page.locator('[data-action=acknowledge]').count()).toBe(0);
    at.expectClean();
  });

  it('asks again under the same key when no answer came: the station may have acted', async () => {
    const { page, station } = at;
    station.tell('warning.opened', scene.warning('w1', slope, 'orange'));
    await at.signIn();
    station.loseNextAnswer();
    await page.click('[data-warning=w1] [data-action=publish]');
    await page.click('dialog button[name=confirm]');
    await page.waitForSelector('dialog [role=alert]');
    await page.click('dialog button[name=confirm]');
    await page.waitForSelector('dialog', { state: 'detached' });
    expect(station.acts.map(({ action }) => action)).toEqual(['publish', 'publish']);
    expect(station.acts[1]?.key).toBe(station.acts[0]?.key);
  });

  it('asks for the disposal before it closes a warning', async () => {
    const { page, station } = at;
    station.tell('warning.opened', scene.warning('w1', slope, 'orange'));
    await at.signIn();
    await page.click('[data-warning=w1] [data-action=close]');
    await page.click('dialog button[name=confirm]');
    expect(station.acts).toEqual([]);
    await page.selectOption('dialog select[name=disposal]', '3');
    await page.click('dialog button[name=confirm]');
    await page.waitForSelector('[data-warning=w1]', { state: 'detached' });
    expect(station.acts[0]?.body).toMatchObject({ disposal: 3 });
    at.expectClean();
  });

  it('shows what a release waits for, the tasks of the plan and the response level, and acts on them', async () => {
    const { page, station } = at;
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
    await at.signIn();
    await page.click('[data-warning=w1] a.name');
    await page.waitForSelector('[data-tasks] [data-task=late]');
    expect(await textOf(page, '[data-latched]')).toBe('等级反复，已锁定');
    expect(await textOf(page, '[data-countersign]')).toContain('周签发 申请解除');
    expect(await textOf(page, '[data-release=public]')).toContain('前补签');
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
    expect(await textOf(page, 'dialog [data-second]')).toContain('周签发 已提出，由您会签');
    await page.selectOption('dialog select[name=disposal]', '3');
    if (process.env['WANGSHAN_PAGE_PICTURES']) await page.screenshot({ path: `${process.env['WANGSHAN_PAGE_PICTURES']}/release.png` });
    await page.click('dialog button[name=confirm]');
    await expect.poll(() => station.acts.at(-1)?.body).toMatchObject({ scope: 'public', disposal: 3 });
    at.expectClean();
  });

  it('takes the kind of disposal of a warning that ended without one', async () => {
    const { page, station } = at;
    station.tell('warning.opened', { ...scene.warning('w1', slope, 'orange'), state: 'expired' });
    await at.signIn();
    await page.goto(`${station.origin}/warnings/w1`);
    await page.click('[data-action=dispose]');
    await page.click('dialog button[name=confirm]');
    expect(station.acts).toEqual([]);
    await page.selectOption('dialog select[name=disposal]', '1');
    await page.click('dialog button[name=confirm]');
    await expect.poll(() => station.acts.at(-1)).toMatchObject({ action: 'dispose', body: { disposal: 1 } });
    at.expectClean();
  });

  it('works by keyboard alone: from the list to the acknowledgement', async () => {
    const { page, station } = at;
    station.tell('warning.opened', scene.warning('w1', slope, 'orange'));
    await at.signIn();
    await page.waitForSelector('[data-action=acknowledge]');
    const tabTo = async (reached: () => boolean): Promise<void> => {
      for (let i = 0; i < 60; i += 1) {
        if (await page.evaluate(reached)) return;
        await page.keyboard.press('Tab');
      }
      throw new Error(`not reached by 60 tabs: ${reached.toString()}`);
    };
    await tabTo(() => (document.activeElement as HTMLElement | null)?.dataset['action'] === 'acknowledge');
    await page.keyboard.press('Enter');
    await page.waitForSelector('dialog[open]');
    await tabTo(() => (document.activeElement as HTMLButtonElement | null)?.name === 'confirm');
    await page.keyboard.press('Enter');
    await page.waitForSelector('[data-warning=w1] .tag.good');
    expect(station.acts.map((act) => act.action)).toEqual(['acknowledge']);
  });
});
