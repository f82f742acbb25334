// The page suite needs a real Chromium and a Chinese font: installed where that is possible (Debian, root), else said exactly how.
import { existsSync } from 'node:fs';
import { run, say } from './prepare.mjs';

const candidates = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

export const findBrowser = () => candidates.find((file) => file && existsSync(file));

export async function ensureBrowser() {
  if (findBrowser()) return;
  const canInstall = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
  if (!canInstall) {
    say(
      'no Chromium found: the page suite will fail. Install one (Debian: sudo apt-get install -y --no-install-recommends chromium fonts-noto-cjk) or set CHROMIUM_PATH.',
    );
    return;
  }
  say('installing Chromium and a Chinese font (apt-get) …');
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update', '-q'], { quiet: true, env });
  await run('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'chromium', 'fonts-noto-cjk'], { quiet: true, env });
}
