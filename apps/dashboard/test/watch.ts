import type { Page, Request } from 'playwright-core';
import { expect } from 'vitest';

export interface Watched {
  /** Requests to any other origin than the page's own. */
  foreign: string[];
  /** `directive blocked-uri` of every violation of the content security policy. */
  violations: string[];
  /**
   * Uncaught errors and console errors. Not those of a socket the station has let go: it does so with a page that is slow to answer, the
   * browser logs what the lost transport still asked (a 400), and the page connects anew; one that could not would fail by what it shows.
   */
  errors: string[];
}

/** Records what a page must never do. Call before the first navigation. */
export async function watchPage(page: Page, origin: string): Promise<Watched> {
  const watched: Watched = { foreign: [], violations: [], errors: [] };
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.host !== new URL(origin).host && url.protocol !== 'data:' && url.protocol !== 'blob:') watched.foreign.push(request.url());
  });
  page.on('websocket', (socket) => {
    if (new URL(socket.url()).host !== new URL(origin).host) watched.foreign.push(socket.url());
  });
  page.on('pageerror', (error) => watched.errors.push(error.message));
  page.on('console', (message) => {
    const ofSocket = `${message.text()} ${message.location().url}`.includes('/socket.io/');
    if (message.type() === 'error' && !ofSocket) watched.errors.push(message.text());
  });
  await page.exposeFunction('reportViolation', (text: string) => watched.violations.push(text));
  await page.addInitScript(() => {
    const report = (globalThis as unknown as { reportViolation(text: string): void }).reportViolation;
    document.addEventListener('securitypolicyviolation', (event) =>
      report(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`),
    );
  });
  return watched;
}

/**
 * Loads an address and waits until what it shows is whole: the wall has given its picture (open warnings are asked for after it), every
 * question to the station is answered, and two frames have been drawn since. No pause is waited for: how long each takes is the machine's.
 */
export async function visit(page: Page, url: string): Promise<void> {
  const asked = new Set<Request>();
  const ask = (request: Request): void => {
    if (new URL(request.url()).pathname.startsWith('/api/')) asked.add(request);
  };
  const answered = (request: Request): void => void asked.delete(request);
  page.on('request', ask).on('requestfinished', answered).on('requestfailed', answered);
  try {
    const picture = page.waitForResponse((response) => /\/api\/v1\/warnings\?.*candidate/.test(response.url()));
    await page.goto(url);
    await picture;
    do {
      await expect.poll(() => [...asked].map((request) => request.url())).toEqual([]);
      await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
    } while (asked.size > 0);
  } finally {
    page.off('request', ask).off('requestfinished', answered).off('requestfailed', answered);
  }
}
