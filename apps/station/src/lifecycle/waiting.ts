import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { BrokerService } from '#apps/broker';
import { IngestService } from '#apps/ingest';
import { problemBody, RegistryIndex } from '#libs/command';
import { type Clock, Problem, SECOND, toIso } from '#libs/contracts';
import {
  AppKeys,
  type Config,
  type DataKey,
  Health,
  InProcessBus,
  type Journal,
  loadCatalogue,
  type Logger,
  Metrics,
} from '#libs/platform';
import { type ColdReadings, databaseAnswers, openColdReadings, readLastGood } from '#libs/store';
import { close, listen } from './listeners.js';
import { mqttAddress } from './mqtt-address.js';
import { Undo } from './undo.js';

/** Between two looks whether the database is there. */
const LOOK_MS = 2 * SECOND;

export interface Waiting {
  config: Config;
  logger: Logger;
  say: (text: string) => void;
  journal: Journal;
  url: string;
  dataKey: DataKey;
  clock: Clock;
  /** Ends the waiting. */
  signal?: AbortSignal;
  /** Told where it listens. */
  listening?: (ports: { http: number; mqtt: number }) => void;
}

/**
 * A station that was started while its database is away. It takes what devices send into the journal, by the registry it last knew; it judges
 * nothing, shows nothing but that, and sends nothing: whether another station works on that database meanwhile only the database can say.
 * Resolves when the database answers; what it had open is closed again.
 * @throws when `signal` ends it
 */
export async function waitForDatabase(waiting: Waiting): Promise<void> {
  const { url, say, signal, logger } = waiting;
  const undo = new Undo(logger);
  try {
    await accept(waiting, undo);
    do {
      signal?.throwIfAborted();
      await sleep(LOOK_MS, undefined, signal ? { signal } : {});
    } while (!(await databaseAnswers(url)));
    say('the database answers: taking it over …');
  } finally {
    await undo.all();
  }
}

async function accept({ config, logger, say, journal, dataKey, clock, listening }: Waiting, undo: Undo): Promise<void> {
  const known = await readLastGood(config.dataDir, dataKey, logger);
  const readings = await openColdReadings(journal);
  const health = new Health();
  const server = http.createServer((request, response) => answer(request, response, health, readings));
  const listener = await listen(server, config.httpPort, 'WANGSHAN_HTTP_PORT');
  undo.later('listener', () => close(listener));
  health.set('store', 'down', 'started without its database: waiting for it');
  if (!known) {
    say('there is no snapshot of an earlier run: nothing can be accepted until the database is there');
    return;
  }
  const registry = new RegistryIndex();
  for (const point of known.registry.points) registry.putPoint(point);
  for (const device of known.registry.devices) registry.addDevice(device);
  const metrics = new Metrics();
  const ingest = new IngestService({ readings }, registry, loadCatalogue(), new InProcessBus(), logger, metrics, health, clock);
  const appKeys = new AppKeys(config.dataDir, dataKey, (problem) => logger.warn(problem));
  ingest.equip({ openEnvelope: (sealed, receivedAt) => appKeys.open(sealed, receivedAt) });
  const broker = new BrokerService(config, registry, dataKey, clock, logger, metrics, health);
  broker.equip({ openEnvelope: (sealed, receivedAt) => appKeys.peek(sealed, receivedAt) });
  broker.connect((packet) => ingest.accept(packet));
  undo.later('ingest', () => ingest.stop());
  undo.later('broker', () => broker.stop());
  await ingest.start();
  const { port } = await broker.start();
  for (const stage of ['evaluate', 'alert', 'notify', 'wall'] as const)
    health.set(stage, 'down', 'waits for the database: nothing is judged or sent');
  say(
    `accepting into the journal on ${mqttAddress(config.mqttUrl, port)}, by the registry of ${toIso(known.savedAt)} (${known.registry.devices.length} devices, ` +
      `${known.warnings.length} open warnings); nothing is judged, shown or sent until the database is there`,
  );
  listening?.({ http: listener.port, mqtt: port });
}

/** Until it has its database the station answers only that. */
function answer(request: http.IncomingMessage, response: http.ServerResponse, health: Health, readings: ColdReadings): void {
  const say = (status: number, type: string, body: unknown): void => {
    response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store', ...(status === 503 ? { 'retry-after': '5' } : {}) });
    response.end(JSON.stringify(body));
  };
  const { readings: waiting, bytes } = readings.backlog;
  if (request.url === '/healthz') say(200, 'application/json', { status: 'ok' });
  else if (request.url === '/readyz')
    say(503, 'application/json', { status: 'not-ready', stages: health.report(), journal: { readings: waiting, bytes } });
  else
    say(
      503,
      'application/problem+json',
      problemBody(
        new Problem(
          'not-ready',
          `数据库不可用：设备数据存入本机日志（${waiting} 条），暂不判定、不发送。The station was started without its database: what devices send is kept in the journal (${waiting} readings); nothing is judged or sent.`,
        ),
        request.url?.split('?')[0] ?? '/',
      ),
    );
}
