import { expect, it } from 'vitest';
import { textOf } from './browser.js';
import * as scene from './scene/index.js';
import { scriptedPage } from './scripted-page.js';
import { visit } from './watch.js';

const at = scriptedPage({ width: 1280, height: 800 });
const slope = '5132210100012';

it('a card says which number on it is out of service since when, beside what people hold wrongly', async () => {
  const { page, station } = at;
  await at.signIn();
  await visit(page, `${station.origin}/cards`);
  const stale = page.locator('[data-state="stale"]');
  await stale.locator('[data-out-of-service]').waitFor();
  const text = await stale.innerText();
  expect(text).toContain('内容已失效');
  expect(text).toContain('户主电话、撤离路线');
  expect(text).toMatch(/家庭成员停机或空号，\d{4}-\d\d-\d\d 起（阿里云短信 MOBILE_NOT_ON_SERVICE）/);
  expect(await page.locator('[data-out-of-service]').count()).toBe(1);
});

it('numbers to correct outlive their warning: they stand above the cards, with whose they are and what may be done', async () => {
  const { page, station } = at;
  const { task } = scene;
  station.tasks.set('m1', {
    ...task('m1', 'w-closed', slope, '号码停机或空号：核实并更正', 'to-dispatch'),
    kind: 'mend',
    about: 'household:h2:householder',
    aboutName: '李**',
  });
  station.tasks.set('r1', task('r1', 'w-closed', slope, '设警戒', 'to-dispatch'));
  await at.signIn();
  await visit(page, `${station.origin}/cards`);
  expect(await textOf(page, '[data-numbers-to-mend]')).toMatch(/号码停机或空号：核实并更正 李\*\* · 户主 新磨村后山滑坡 · 村组/);
  expect(await page.locator('[data-task]').count()).toBe(1);
  await page.click('[data-task=m1] [data-task-action=start]');
  await page.click('dialog button[name=confirm]');
  await page.waitForSelector('[data-task=m1][data-task-state=checking]');
});

it('a warning says beside each household and person which number is dead, and why a message failed', async () => {
  const { page, station } = at;
  station.tell('warning.opened', scene.warning('w1', slope, 'red'));
  await at.signIn();
  await visit(page, `${station.origin}/warnings/w1`);
  await page.waitForSelector('[data-party="household:h2"] [data-out-of-service]');
  expect(await textOf(page, '[data-party="household:h2"]')).toContain('停机或空号（阿里云短信 MOBILE_NUMBER_ILLEGAL）');
  expect(await page.locator('[data-callout] [data-out-of-service]').count()).toBe(1);
  expect(await textOf(page, '.deliveries')).toContain('停机或空号（代码 MOBILE_NUMBER_ILLEGAL）');
  // Nobody stands on a work card of this point, or in the roster: what was released inside reached no person.
  expect(await page.locator('[data-nobody]').evaluateAll((all) => all.map((one) => one.getAttribute('data-nobody')))).toEqual(['internal']);
});

it('the roster says whose number is dead', async () => {
  const { page, station } = at;
  await at.signIn();
  await visit(page, `${station.origin}/settings`);
  await page.waitForSelector('[data-out-of-service]');
  expect(await page.locator('[data-out-of-service]').allInnerTexts()).toEqual([
    expect.stringMatching(/^电话停机或空号，\d{4}-\d\d-\d\d 起（阿里云短信 MOBILE_NOT_ON_SERVICE）$/),
  ]);
  expect(await page.locator('.person:has([data-out-of-service]) input').first().inputValue()).toBe('周全');
});

it('the roster keeps the post of each, and lets it be chosen', async () => {
  const { page, station } = at;
  await at.signIn();
  await visit(page, `${station.origin}/settings`);
  const post = page.locator('.person select').first();
  await post.waitFor();
  expect(await post.inputValue()).toBe('county');
  await post.selectOption('head');
  expect(await post.inputValue()).toBe('head');
  expect(await post.locator('option:checked').innerText()).toBe('县长');
});
