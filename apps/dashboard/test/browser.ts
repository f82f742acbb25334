import { existsSync } from 'node:fs';
import { chromium, type Browser, type Page } from 'playwright-core';
import { watchPage, type Watched } from './watch.js';

const places = [process.env['WANGSHAN_CHROMIUM'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const help =
  'No Chromium found for the page tests. On Debian: apt-get install -y --no-install-recommends chromium fonts-noto-cjk. ' +
  'Elsewhere: install Chromium or Chrome and set WANGSHAN_CHROMIUM to its path.';

/**
 * How long a test waits for what must come, ms: whatever comes sooner is not waited for any longer. Shorter fails on a machine that
 * builds and drills meanwhile; near the limit of a whole test (vitest.config.ts), a failure would no longer say what it waited for.
 */
const patience = 60_000;

/**
 * A headless browser for page tests: the system's Chromium, software rendering, no background traffic of its own.
 * @throws Error saying exactly what to install where there is none
 */
export async function openBrowser(): Promise<Browser> {
  const executablePath = places.find((path) => path !== undefined && existsSync(path));
  if (executablePath === undefined) throw new Error(help);
  return chromium.launch({
    executablePath,
    timeout: 2 * patience,
    args: [
      '--no-sandbox',
      '--use-gl=angle',
      '--use-angle=swiftshader',
      '--enable-unsafe-swiftshader',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** A page of somebody's own (cookies, storage), watched from its first request on. Close its context when done. */
export async function openPage(
  browser: Browser,
  origin: string,
  viewport: { width: number; height: number },
): Promise<{ page: Page; watched: Watched }> {
  const context = await browser.newContext({ viewport, locale: 'zh-CN' });
  context.setDefaultTimeout(patience);
  const page = await context.newPage();
  return { page, watched: await watchPage(page, origin) };
}

/** Fills in the sign-in form that is shown and sends it. */
export async function signInAs(page: Page, username: string, password: string): Promise<void> {
  await page.fill('input[name=username]', username);
  await page.fill('input[name=password]', password);
  await page.click('form button.primary');
}

/** What a user reads there, in one line. Waits for the place, not for a text: a text that is still to come is waited for by `expect.poll`. */
export async function textOf(page: Page, selector: string): Promise<string> {
  return (await page.locator(selector).first().innerText()).replace(/\s+/g, ' ');
}

/**
 * Presses a button twice before the page can answer the first time. A double click by the mouse would, on a slow machine, put its
 * second half on whatever lies under a dialog that has closed meanwhile.
 */
export async function clickTwice(page: Page, selector: string): Promise<void> {
  await page.locator(selector).evaluate((button: HTMLButtonElement) => {
    button.click();
    button.click();
  });
}
