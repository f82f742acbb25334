import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject } from 'vitest';
import { openBrowser, openPage, signInAs } from './browser.js';
import { scriptedStation, type ScriptedStation } from './station/index.js';
import type { Watched } from './watch.js';

/** A fresh page before a fresh scripted station for every test of a suite. */
export interface ScriptedPage {
  readonly page: Page;
  readonly station: ScriptedStation;
  /** What the page must never do: tests that end by `expectClean()` prove it did not. */
  readonly watched: Watched;
  /** As the duty officer, until the overview shows its points. */
  signIn(): Promise<void>;
  /** The page never left its origin and never broke its own policy. */
  expectClean(): void;
}

/** Registers the hooks of a suite. */
export function scriptedPage(viewport = { width: 1600, height: 900 }): ScriptedPage {
  let browser: Browser | undefined;
  let station: ScriptedStation | undefined;
  let opened: { page: Page; watched: Watched } | undefined;
  const open = (): { page: Page; watched: Watched } => {
    if (!opened) throw new Error('scriptedPage: only within a test');
    return opened;
  };
  const running = (): ScriptedStation => {
    if (!station) throw new Error('scriptedPage: only within a test');
    return station;
  };

  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
  });
  beforeEach(async () => {
    station = await scriptedStation(inject('pages'));
    opened = await openPage(browser!, station.origin, viewport);
  });
  afterEach(async () => {
    await opened?.page.context().close();
    await station?.stop();
  });

  return {
    get page() {
      return open().page;
    },
    get station() {
      return running();
    },
    get watched() {
      return open().watched;
    },
    async signIn() {
      const { page } = open();
      await page.goto(running().origin);
      await signInAs(page, 'duty', 'mountain-watch');
      await page.waitForSelector('tr[data-point]');
    },
    expectClean() {
      const { foreign, violations } = open().watched;
      expect({ foreign, violations }).toEqual({ foreign: [], violations: [] });
    },
  };
}
