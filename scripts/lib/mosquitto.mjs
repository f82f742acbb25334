// The wire suite reads a real external broker: Mosquitto is installed where that is possible (Debian, root), else said exactly how.
import { existsSync } from 'node:fs';
import { run, say } from './prepare.mjs';

const candidates = [process.env.MOSQUITTO_PATH, '/usr/sbin/mosquitto', '/usr/local/sbin/mosquitto', '/opt/homebrew/sbin/mosquitto'];

export async function ensureMosquitto() {
  if (candidates.some((file) => file && existsSync(file))) return;
  const canInstall = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
  if (!canInstall) {
    say(
      'no Mosquitto found: specs of the external broker will fail. Install it (Debian: sudo apt-get install -y --no-install-recommends mosquitto) or set MOSQUITTO_PATH.',
    );
    return;
  }
  say('installing Mosquitto (apt-get) …');
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update', '-q'], { quiet: true, env });
  await run('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'mosquitto'], { quiet: true, env });
}
