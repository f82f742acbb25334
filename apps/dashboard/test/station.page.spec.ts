import { MINUTE, SECOND, topics } from '#libs/contracts';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clickTwice, openBrowser, openPage, signInAs, textOf } from './browser.js';
import { realStation, type RealStation } from './real-station.js';
import type { Watched } from './watch.js';

const point = { code: '513221010061', name: '石碑村滑坡' };
const crack = { device: '91700061', channel: 'L1_LF_1' };
const phone = '13900000061';
const people = {
  duty: { displayName: '值班员甲', password: 'duty-of-the-night' },
  signer: { displayName: '签发人乙', password: 'signer-of-the-night' },
} as const;
type Who = keyof typeof people;

/** The pages as they were built, served by the whole station: real broker, real database, real gateway simulator. */
describe('dashboard of a real station', () => {
  let station: RealStation;
  let browser: Browser;
  let link: Awaited<ReturnType<RealStation['device']>>;
  const pages = {} as Record<Who, Page>;
  const watched = {} as Record<Who, Watched>;

  beforeAll(async () => {
    [station, browser] = await Promise.all([realStation('page station'), openBrowser()]);
    for (const who of Object.keys(people) as Who[])
      await station.api.post('/users', { username: who, roles: [who], scope: '513221', ...people[who] });
    await station.county.createPoint(point.code, { name: point.name });
    await station.county.createHousehold(point.code, phone);
    link = await station.device(crack.device, await station.county.createDevice(crack.device, 'crack-meter', point.code));
  });
  afterAll(async () => {
    await browser?.close();
    await link?.disconnect();
    await station?.stop();
  });

  const send = (...samples: [msAgo: number, value: number][]): Promise<void> => {
    const now = Date.now();
    const body = samples.map(([msAgo, value]) => ({ ts: now - msAgo, values: { [crack.channel]: value } }));
    return link.publish(topics.telemetry, JSON.stringify(body));
  };
  async function open(who: Who): Promise<Page> {
    const opened = await openPage(browser, station.url, { width: 1440, height: 900 });
    const { page } = opened;
    pages[who] = page;
    watched[who] = opened.watched;
    await page.goto(station.url);
    await signInAs(page, who, people[who].password);
    await page.waitForSelector(`tr[data-point="${point.code}"]`);
    return page;
  }

  it('shows a warning the moment the slope gives cause, and turns it confirmed red', async () => {
    const page = await open('duty');
    expect(await page.locator('article.card').count()).toBe(0);
    await page.waitForSelector(`tr[data-point="${point.code}"] >> text=未知`);
    await send(...Array.from({ length: 50 }, (_, i): [number, number] => [(51 - i) * MINUTE, (i % 3) / 10]));
    await page.waitForSelector(`tr[data-point="${point.code}"] >> text=正常`);
    expect(await page.locator('article.card').count()).toBe(0);

    await send([25 * SECOND, 45]);
    await page.waitForSelector('article.card.red.candidate');
    await send([10 * SECOND, 46]);
    await page.waitForSelector('article.card.red:not(.candidate) >> text=已确认');
    await page.waitForSelector(`tr[data-point="${point.code}"] >> text=红色`);
    await page.waitForSelector('article.card >> text=公众 已发布');
  });

  it('draws the indicator that led to it among its bands, and moves with the next reading', async () => {
    const page = pages.duty;
    await page.click(`tr[data-point="${point.code}"] a`);
    await page.waitForSelector('[data-indicator-chart=change] [role=img][aria-label*="46 mm"]');
    await send([0, 47.25]);
    await page.waitForSelector('[data-indicator-chart=change] [role=img][aria-label*="47.25 mm"]');
    await page.waitForSelector('tr[data-indicator=change] >> text=47.25');
    await page.waitForSelector('[role=img][aria-label^="裂缝，"][aria-label*="47.25 mm"]');
  });

  it('opens it, sees the household told by name, and acknowledges', async () => {
    const page = pages.duty;
    await page.click('nav a >> nth=0');
    await page.click('article.card a.name');
    await page.waitForSelector('h1 >> text=红色预警');
    // The household is called as well, so a row of its own is looked at; which of the two is delivered first is the providers'.
    const sms = '.deliveries tbody tr:has-text("短信")';
    await page.waitForSelector(`${sms}:has-text("已送达")`);
    expect(await textOf(page, sms)).toMatch(/张三 住户 · 13900000061.*短信.*已送达.*地灾红色预警/);
    await expect.poll(async () => Number(await textOf(page, '[data-count=delivered]'))).toBeGreaterThanOrEqual(1);
    // The page itself is the wall: its message stands above every page, and this browser's word that it has painted it is the receipt.
    await page.waitForSelector('.messages li.red >> text=地灾红色预警');
    await page.waitForSelector('.deliveries tbody tr:has-text("大屏"):has-text("已送达")');
    const [message] = await station.outbox.messages(phone);
    expect(await textOf(page, `${sms} td.text`)).toBe(message?.text.replace(/^【.+?】/, ''));

    await page.click('[data-action=acknowledge]');
    await clickTwice(page, 'dialog button[name=confirm]');
    await page.waitForSelector('header .tag.good >> text=已签收');
    const [warning] = await station.county.warnings(point.code);
    const { timeline } = await station.county.warning(warning?.id ?? '');
    expect(timeline.filter(({ action }) => action === 'acknowledge')).toHaveLength(1);
  });

  it('consults: opinion, talk and decision of one, signature of the other, each seen by both', async () => {
    const page = pages.duty;
    await page.click('a.button >> text=进入会商');
    await page.waitForSelector('[data-state] >> text=待讨论');
    const signer = await open('signer');
    await signer.goto(page.url());
    await signer.waitForSelector('[data-state]');
    // Who is not yet in the room is told so; what he said then would not be kept.
    for (const one of [page, signer]) await one.waitForSelector('text=讨论暂时断开', { state: 'detached' });

    await page.fill('textarea[name=opinion]', '后缘裂缝一小时张开四十余毫米，建议维持红色。');
    await page.click('button >> text=提交意见');
    await page.waitForSelector('.opinions >> text=建议维持红色');
    await signer.waitForSelector('.opinions >> text=建议维持红色');
    await signer.fill('input[name=chat]', '人员是否已撤离？');
    await signer.press('input[name=chat]', 'Enter');
    await page.waitForSelector('.chat >> text=人员是否已撤离？');
    expect(await page.locator('.chat li').count()).toBe(1);

    await page.fill('textarea[name=decision]', '维持红色预警，组织转移。');
    await page.click('button >> text=提交结论');
    await signer.waitForSelector('.decision >> text=组织转移');
    await signer.click('[data-sign]');
    await signer.waitForSelector('[data-state] >> text=已签署');
    await page.waitForSelector('[data-state] >> text=已签署');
    await page.waitForSelector('.signature >> text=签发人乙');

    const [warning] = await station.county.warnings(point.code);
    const [consultation] = await station.county.consultations(warning?.id ?? '');
    expect(consultation).toMatchObject({ state: 'signed', decision: { result: 'keep', signatures: [{ by: 'signer' }] } });
    // What the plan had published by itself now stands on a person's word; nobody is messaged a second time.
    await expect
      .poll(async () => (await station.county.warning(warning?.id ?? '')).releases.public)
      .toMatchObject({ state: 'published', ratified: true, version: 1 });
    expect(await station.outbox.messages(phone)).toHaveLength(1);
  });

  it('did all this without a foreign request, a policy violation or an error', () => {
    for (const who of Object.keys(people) as Who[]) expect(watched[who], who).toEqual({ foreign: [], violations: [], errors: [] });
    expect(station.errors).toEqual([]);
  });
});
