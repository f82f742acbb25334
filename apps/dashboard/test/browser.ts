import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const places = [process.env['WANGSHAN_CHROMIUM'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const help =
  'No Chromium found for the page tests. On Debian: apt-get install -y --no-install-recommends chromium fonts-noto-cjk. ' +
  'Elsewhere: install Chromium or Chrome and set WANGSHAN_CHROMIUM to its path.';

/**
 * A headless browser for page tests: the system's Chromium, software rendering, no background traffic of its own.
 * @throws Error saying exactly what to install where there is none
 */
export async function openBrowser(): Promise<Browser> {
  const executablePath = places.find((path) => path !== undefined && existsSync(path));
  if (executablePath === undefined) throw new Error(help);
  return chromium.launch({
    executablePath,
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
