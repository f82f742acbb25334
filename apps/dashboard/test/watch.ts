import type { Page } from 'playwright-core';

export interface Watched {
  /** Requests to any other origin than the page's own. */
  foreign: string[];
  /** `directive blocked-uri` of every violation of the content security policy. */
  violations: string[];
  /** Uncaught errors and console errors. */
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
    if (message.type() === 'error') watched.errors.push(message.text());
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
