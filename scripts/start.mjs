// `npm start`: the main job from a fresh clone: station, gateway simulator and the demo, in one terminal.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { demoLogins, demoUsers } from './lib/demo-logins.mjs';
import { helpOn, main, prepare, root, say } from './lib/prepare.mjs';
import { stationFlags } from './lib/station-flags.mjs';

helpOn(`
npm start: installs what is missing, builds, starts the station with embedded PostgreSQL, the gateway simulator and the
demo (simulated slopes over real MQTT, one a replay of a recorded failure). Prints the URLs and the demo logins.
Ctrl-C stops it cleanly; a second npm start continues with the data it has. Configuration: README.md, "Configuration".
`);

const dataDir = path.resolve(root, process.env.WANGSHAN_DATA_DIR || '.wangshan');
const children = [];
let stopping = false;

function launch(name, file, env, stdio, nodeFlags = []) {
  const child = spawn(process.execPath, [...nodeFlags, path.join(root, file)], { cwd: root, env: { ...process.env, ...env }, stdio });
  child.ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal ?? code)));
  child.once('exit', (code, signal) => {
    if (stopping) return;
    say(`${name} ended (${signal ?? code}); stopping everything`);
    void stop(code === 0 ? 0 : 1);
  });
  children.push(child);
  return child;
}

/** Demo first, station last: the station drains what the devices sent and stops PostgreSQL behind itself. */
async function stop(code) {
  if (stopping) return;
  stopping = true;
  say('stopping …');
  for (const child of [...children].reverse()) {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGINT');
    await child.ended;
  }
  say('stopped');
  process.exit(code);
}
process.on('SIGINT', () => void stop(0));
process.on('SIGTERM', () => void stop(0));

/** Resolves with the station's ports once every stage is ready. */
function ready(station) {
  return new Promise((resolve, reject) => {
    station.on('message', (message) => message.ready && resolve(message.ports));
    station.ended.then((how) => reject(new Error(`the station did not start (${how}); its log: ${path.join(dataDir, 'station.log')}`)));
  });
}

await main(async () => {
  await prepare();
  const logins = demoLogins(dataDir);
  say('starting the station (PostgreSQL, broker and every stage) …');
  const station = launch(
    'the station',
    'dist/apps/station/src/main.js',
    {
      WANGSHAN_DATA_DIR: dataDir,
      WANGSHAN_SMS_DRIVERS: process.env.WANGSHAN_SMS_DRIVERS ?? 'simulator',
      WANGSHAN_HTTPS_PORT: process.env.WANGSHAN_HTTPS_PORT ?? '3443',
      WANGSHAN_ADMIN_PASSWORD: process.env.WANGSHAN_ADMIN_PASSWORD || logins.admin,
      WANGSHAN_ACTIVATE_RULES: '1',
      WANGSHAN_LOG_FILE: path.join(dataDir, 'station.log'),
    },
    ['ignore', 'inherit', 'inherit', 'ipc'],
    stationFlags,
  );
  const ports = await ready(station);
  const url = `http://127.0.0.1:${ports.http}`;
  const token = await demoUsers(url, process.env.WANGSHAN_ADMIN_PASSWORD || logins.admin, logins);
  const broker = process.env.WANGSHAN_MQTT_URL ? new URL(process.env.WANGSHAN_MQTT_URL) : undefined;
  // Without its user and password: neither the screen nor the demo's devices have a use for the station's own.
  const mqtt = broker ? `${broker.protocol}//${broker.host}` : `mqtt://127.0.0.1:${ports.mqtt}`;
  const line = '─'.repeat(72);
  process.stdout.write(`
${line}
  望山 Wangshan is running
  Dashboard        ${url}${ports.https ? `   (TLS: https://127.0.0.1:${ports.https})` : ''}
  API              ${url}/api/docs
  MQTT             ${mqtt}
  Simulated phones ${ports.gateway ? `http://127.0.0.1:${ports.gateway}` : 'off (WANGSHAN_SMS_DRIVERS names real providers)'}
  Logins           duty / ${logins.duty}      值班员 duty officer
                   signer / ${logins.signer}    签发人 signer
                   admin / ${process.env.WANGSHAN_ADMIN_PASSWORD ? '(WANGSHAN_ADMIN_PASSWORD)' : logins.admin}     administrator
  The recorded landslide goes from normal to failure in about three minutes. Ctrl-C stops.
${line}
`);
  launch(
    'the demo',
    'dist/simulators/terrain/src/demo.js',
    { WANGSHAN_STATION: url, WANGSHAN_TOKEN: token, WANGSHAN_MQTT: mqtt, WANGSHAN_DATA_DIR: dataDir },
    ['ignore', 'inherit', 'inherit'],
  );
});
