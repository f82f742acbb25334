import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createLogger, logDestination, readConfig } from '#libs/platform';
import { mqttAddress } from './lifecycle/mqtt-address.js';
import { STOP_LIMIT_MS } from './lifecycle/undo.js';
import { startStation } from './station.js';

const say = (text: string): void => void process.stderr.write(`[${process.uptime().toFixed(1).padStart(6)} s] ${text}\n`);

/** The station as a program: reads the environment, starts, says where it is, stops cleanly on SIGINT or SIGTERM. */
export async function runStation(env: NodeJS.ProcessEnv): Promise<void> {
  const config = readConfig(env);
  for (const name of config.unknown) say(`${name} is not a variable of Wangshan and changes nothing: mistyped? README.md lists them`);
  const logger = createLogger(config.logLevel, logDestination(config.logFile));
  const failed = (error: unknown) => {
    logger.fatal({ err: error }, 'an error nobody foresaw: the station ends and has to be started again');
    process.exit(1);
  };
  process.on('uncaughtException', failed);
  process.on('unhandledRejection', failed);

  const waiting = new AbortController();
  const starting = startStation({
    config,
    logger,
    say,
    lost: (why) => failed(new Error(why)),
    waiting: { signal: waiting.signal, listening: (at) => process.send?.({ waiting: true, ports: at }) },
  });
  let stopping = false;
  const stop = async (signal: string) => {
    if (stopping) return;
    stopping = true;
    say(`${signal}: draining and stopping …`);
    waiting.abort();
    // A start that is in the middle of something long, and parts that had their least time after the limit: nothing acknowledged waits for them.
    setTimeout(() => {
      say('it does not stop in time: what is under way is left for the next start');
      process.exit(0);
    }, STOP_LIMIT_MS * 1.25).unref();
    await starting.then((station) => station.stop()).catch(() => undefined);
    say('the station has stopped');
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop(signal));

  const started = await starting.catch((error: unknown) => {
    if (!stopping) throw error;
  });
  if (!started) return;
  const { ports, adminPassword } = started;
  const others = [
    ports.https === undefined ? '' : `https://127.0.0.1:${ports.https}`,
    mqttAddress(config.mqttUrl, ports.mqtt),
    ports.mqtts === undefined ? '' : `mqtts://127.0.0.1:${ports.mqtts}`,
    ports.sl651 === undefined ? '' : `SL 651 on ${ports.sl651}`,
    ports.hj212 === undefined ? '' : `HJ 212 on ${ports.hj212}`,
    ports.gateway === undefined ? '' : `simulated phones http://127.0.0.1:${ports.gateway}`,
  ].filter(Boolean);
  say(`ready: http://127.0.0.1:${ports.http}  ${others.join('  ')}`);
  if (adminPassword) say(`administrator: admin / ${adminPassword}   (shown once; WANGSHAN_ADMIN_PASSWORD sets another)`);
  process.send?.({ ready: true, ports });
}

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  runStation(process.env).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  });
}
