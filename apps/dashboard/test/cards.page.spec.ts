import { expect, it } from 'vitest';
import { scriptedPage } from './scripted-page.js';
import { visit } from './watch.js';

const at = scriptedPage({ width: 1280, height: 800 });

it('a card says which number on it is out of service since when, beside what people hold wrongly', async () => {
  const { page, station } = at;
  await at.signIn();
  await visit(page, `${station.origin}/cards`);
  const stale = page.locator('[data-state="stale"]');
  await stale.locator('[data-out-of-service]').waitFor();
  const text = await stale.innerText();
  expect(text).toContain('内容已失效');
  expect(text).toContain('户主电话、撤离路线');
  expect(text).toMatch(/家庭成员停机或空号，\d{4}-\d\d-\d\d 起（alicloud MOBILE_NOT_ON_SERVICE）/);
  expect(await page.locator('[data-out-of-service]').count()).toBe(1);
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
