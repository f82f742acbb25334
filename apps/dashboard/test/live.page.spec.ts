import { describe, expect, it } from 'vitest';
import { signInAs, textOf } from './browser.js';
import * as scene from './scene/index.js';
import { scriptedPage } from './scripted-page.js';
import { visit } from './watch.js';

const slope = '5132210100012';

describe('the live picture', () => {
  const at = scriptedPage();

  it('refuses a wrong password in words and lets the right one in', async () => {
    const { page, station } = at;
    await page.goto(station.origin);
    await signInAs(page, 'duty', 'guess');
    await page.waitForSelector('[role=alert]');
    expect(await textOf(page, '[role=alert]')).toBe('用户名或密码不正确。');
    await at.signIn();
    expect(await page.locator('tr[data-point]').count()).toBe(scene.points.length);
    at.expectClean();
  });

  it('draws live values with a text for those who don’t see the canvas', async () => {
    const { page, station } = at;
    await at.signIn();
    await page.goto(`${station.origin}/points/${slope}`);
    const chart = page.locator('[role=img][aria-label^="裂缝，"]');
    await chart.waitFor();
    station.frame([[6, scene.bootAt + 60_000, 48.75, '']]);
    await page.waitForSelector('[role=img][aria-label*="48.75 mm"]');
    expect(await textOf(page, 'tr[data-indicator=rain-24h]')).toContain('未知：数据中断');
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
    at.expectClean();
  });

  it('shows in lists and panels that stand open what the wall tells, without anybody asking', async () => {
    const { page, station } = at;
    await at.signIn();
    await visit(page, `${station.origin}/warnings`);
    await page.waitForSelector('p.empty');
    station.tell('warning.opened', scene.warning('w1', slope, 'orange'));
    await page.click('a[href="/warnings/w1"]');
    await page.waitForSelector('[data-tasks]');
    const task = scene.task('t1', 'w1', slope, '设警戒', 'to-dispatch');
    station.tasks.set(task.id, task);
    station.event('task.changed', { ...task, legal: [] });
    await page.waitForSelector('[data-task=t1] [data-task-action=start]');
    station.event('response.changed', scene.response(slope, 'II'));
    await page.waitForSelector('[data-response] >> text=Ⅱ 级响应');
    at.expectClean();
  });

  it('leaves room for the page when many alarms stand: the gravest are shown and lead to their warning, the others at a click', async () => {
    const { page, station } = at;
    await at.signIn();
    station.tell('warning.opened', scene.warning('w1', slope, 'red'));
    const alarm = (code: string, level: 'red' | 'blue', owner?: 'duty') =>
      station.event('system.alarm', { code, level, standing: true, text: { zh: `告警 ${code}`, en: code }, ...(owner ? { owner } : {}) });
    for (const code of ['a', 'b', 'c']) alarm(code, 'blue');
    alarm('silent:public:w1', 'red', 'duty');
    alarm('no-way-to-send-sms', 'red');
    await page.waitForSelector('[data-alarm="no-way-to-send-sms"]');
    expect(await page.locator('[data-alarm]').evaluateAll((all) => all.map((one) => one.getAttribute('data-alarm')))).toEqual([
      'no-way-to-send-sms',
      'silent:public:w1',
      'c',
    ]);
    expect(await textOf(page, '[data-more-alarms]')).toBe('还有 2 条告警');
    await page.click('[data-more-alarms]');
    expect(await page.locator('[data-alarm]').count()).toBe(5);
    await page.click('[data-alarm="silent:public:w1"] a');
    await page.waitForSelector('h1 >> text=红色预警');
    at.expectClean();
  });

  it('says when something the wall told could not be read, until the picture is whole again', async () => {
    const { page, station } = at;
    await at.signIn();
    station.event('warning.opened', { id: 'of another version' });
    await page.waitForSelector('[data-trouble]');
    expect(await textOf(page, '[data-trouble]')).toContain('画面可能不完整：监测站的回答与页面版本不一致');
    await page.reload();
    await page.waitForSelector('tr[data-point]');
    expect(await page.locator('[data-trouble]').count()).toBe(0);
  });

  it('says that the link is lost, and replays what happened meanwhile', async () => {
    const { page, station } = at;
    await at.signIn();
    station.away();
    await page.waitForSelector('.band.broken');
    expect(await textOf(page, '.band.broken')).toContain('链路中断');
    station.warnings.set('w1', scene.warning('w1', slope, 'red'));
    station.back();
    await page.waitForSelector('[data-warning=w1].red');
    await page.waitForSelector('.band.broken', { state: 'detached' });
    await page.waitForSelector('.link >> text=链路正常');
    at.expectClean();
  });
});
