import 'reflect-metadata';
import path from 'node:path';
import { NestFactory } from '@nestjs/core';
import { AlertService } from '#apps/alert';
import { BrokerService } from '#apps/broker';
import { CommandService } from '#apps/command';
import { ConsultService } from '#apps/consult';
import { EvaluateService } from '#apps/evaluate';
import { IngestService } from '#apps/ingest';
import { CalloutService, NotifyService } from '#apps/notify';
import { WallService } from '#apps/wall';
import type { Clock, PortView } from '#libs/contracts';
import { MAINTENANCE_KEPT_MS, RegistryIndex, SettingsKeeper } from '#libs/command';
import {
  AppKeys,
  type Config,
  Health,
  InProcessBus,
  Journal,
  loadCatalogue,
  loadDataKey,
  type Logger,
  Metrics,
  packageRoot,
  wallClock,
} from '#libs/platform';
import { giveWay, openFailoverStore, startEmbeddedPostgres, stationId, StoreAway, type FailoverStore, type Store } from '#libs/store';
import type { Infrastructure } from './infrastructure.js';
import { lockDataDir } from './lifecycle/data-dir-lock.js';
import { type Gateway, startGatewayProcess } from './lifecycle/gateway-process.js';
import { close, type Listener, listen, makeServers } from './lifecycle/listeners.js';
import { Undo } from './lifecycle/undo.js';
import { waitForDatabase, type Waiting } from './lifecycle/waiting.js';
import { NestLog } from './nest-log.js';
import { composePipeline, type Stages, startStages, stopStages } from './pipeline.js';
import { StationModule } from './station.module.js';
import { watchCertificates } from './watch/certificates.js';
import { watchDatabase } from './watch/database.js';

export interface StationOptions {
  config: Config;
  logger: Logger;
  /** Progress, for people. */
  say: (text: string) => void;
  clock?: Clock;
  /** How the gateway simulator is started when it is wanted; tests run it inside their own process. */
  startGateway?: (port: number, dataDir: string) => Promise<Gateway>;
  /** How a station that waits for its database is ended, and who is told where it listens meanwhile. */
  waiting?: Pick<Waiting, 'signal' | 'listening'>;
  /** Another station has taken over the database: this one must end. */
  lost?: (why: string) => void;
  /** Database of a test, instead of the embedded one or WANGSHAN_DATABASE_URL. */
  databaseUrl?: string;
}

export interface RunningStation {
  ports: { http: number; https?: number; mqtt: number; mqtts?: number; sl651?: number; hj212?: number; gateway?: number };
  /** Random password of `admin` when one was made at this start. */
  adminPassword: string | undefined;
  store: Store;
  stop(): Promise<void>;
}

/**
 * Starts every stage in this process. What was started is stopped again, in the opposite order, when a later part fails.
 * @throws what went wrong, worded for the person who started it
 */
export async function startStation(options: StationOptions): Promise<RunningStation> {
  const undo = new Undo(options.logger);
  try {
    return await start(options, undo);
  } catch (error) {
    await undo.all();
    throw error;
  }
}

async function start(options: StationOptions, undo: Undo): Promise<RunningStation> {
  const { config, logger, say } = options;
  const clock = options.clock ?? wallClock;
  const unlock = lockDataDir(config.dataDir);
  undo.later('data directory', async () => unlock());

  const database = await openDatabase(options, undo);
  const metrics = new Metrics(true);
  const bus = new InProcessBus();
  const dataKey = loadDataKey(config.dataKey, config.dataDir);
  const store = await openDurableStore(options, undo, {
    url: database.url,
    giveWay: database.giveWay,
    bus,
    dataKey,
    logger,
    metrics,
    clock,
  });

  const health = new Health();
  const registry = new RegistryIndex();
  await registry.load(store.registry);
  await registry.loadMaintenance(store.maintenance, clock.now() - MAINTENANCE_KEPT_MS);
  await registry.loadSilences(store.silences, clock.now());
  await registry.loadPlans(store.plans);
  const catalogue = loadCatalogue();
  const settings = new SettingsKeeper(store.settings, bus);
  await settings.load();
  const infrastructure: Infrastructure = {
    config,
    logger,
    metrics,
    health,
    clock,
    bus,
    dataKey,
    store,
    registry,
    catalogue,
    settings: settings.current,
  };

  let gateway: Gateway | undefined;
  if (config.smsDrivers.includes('simulator')) {
    gateway = await (options.startGateway ?? startGatewayProcess)(config.gatewayPort, config.dataDir);
    undo.later('gateway simulator', () => gateway?.stop() ?? Promise.resolve());
  }

  const app = await NestFactory.create(StationModule.with(infrastructure), {
    bodyParser: false,
    logger: new NestLog(logger),
    abortOnError: false,
  });
  const stages: Stages = {
    broker: app.get(BrokerService),
    ingest: app.get(IngestService),
    evaluate: app.get(EvaluateService),
    alert: app.get(AlertService),
    notify: app.get(NotifyService),
    callout: app.get(CalloutService),
    wall: app.get(WallService),
    consult: app.get(ConsultService),
    command: app.get(CommandService),
  };
  const ports: PortView[] = [{ name: 'database', protocol: 'postgresql', port: database.port }];
  if (gateway) ports.push({ name: 'gateway', protocol: 'http', port: gateway.port });
  const appKeys = new AppKeys(config.dataDir, dataKey, (problem) => logger.warn(problem));
  stages.ingest.equip({ openEnvelope: (sealed, receivedAt) => appKeys.open(sealed, receivedAt) });
  stages.broker.equip({ openEnvelope: (sealed, receivedAt) => appKeys.peek(sealed, receivedAt) });
  composePipeline(stages, { bus, catalogue, settings, ports: () => ports });

  stages.command.mount(path.join(packageRoot(), 'dist/dashboard'));
  await app.init();
  const adminPassword = await stages.command.bootstrap();
  const servers = await makeServers(app, config, clock.now());
  const listeners: Listener[] = [];
  undo.later('listeners', async () => {
    await Promise.all(listeners.map((listener) => close(listener)));
    await app.close();
  });
  listeners.push(await listen(servers.http, config.httpPort, 'WANGSHAN_HTTP_PORT'));
  if (servers.https && config.httpsPort !== undefined) listeners.push(await listen(servers.https, config.httpsPort, 'WANGSHAN_HTTPS_PORT'));
  const [http, https] = listeners;
  if (http) ports.push({ name: 'http', protocol: 'http', port: http.port });
  if (https) ports.push({ name: 'https', protocol: 'https', port: https.port });

  say('starting the stages …');
  undo.later('stages', () => stopStages(stages));
  undo.later(
    'watch of the database',
    watchDatabase({ store, health, metrics, logger, now: () => clock.now(), alarm: (alarm) => stages.wall.alarm(alarm) }),
  );
  undo.later(
    'watch of certificates',
    await watchCertificates({ config, logger, now: () => clock.now(), alarm: (alarm) => stages.wall.alarm(alarm) }),
  );
  const { mqttPort, mqttsPort, links } = await startStages(stages, { gatewayPort: gateway?.port, httpPort: http?.port });
  // 0: an external broker is read, there is no port of ours.
  if (mqttPort !== 0) ports.push({ name: 'mqtt', protocol: 'mqtt', port: mqttPort });
  if (mqttsPort !== undefined) ports.push({ name: 'mqtts', protocol: 'mqtts', port: mqttsPort });
  ports.push(...links);
  for (const { server } of listeners) stages.consult.attach(stages.wall.attach(server), (handshake) => stages.wall.userOf(handshake));

  return {
    ports: {
      http: http?.port ?? 0,
      ...(https ? { https: https.port } : {}),
      mqtt: mqttPort,
      ...(mqttsPort === undefined ? {} : { mqtts: mqttsPort }),
      ...Object.fromEntries(links.map(({ name, port }) => [name, port])),
      ...(gateway ? { gateway: gateway.port } : {}),
    },
    adminPassword,
    store,
    stop: () => undo.all(),
  };
}

/**
 * The store over database and journal: the journal outlives it, so that its last words have a place. With an existing database that is not
 * there it waits, taking what devices send.
 */
async function openDurableStore(
  options: StationOptions,
  undo: Undo,
  parts: Omit<Parameters<typeof openFailoverStore>[0], 'journal' | 'station' | 'lost' | 'dataDir'>,
): Promise<FailoverStore> {
  const { config, logger, lost, say } = options;
  const journal = await Journal.open(path.join(config.dataDir, 'journal'));
  undo.later('journal', () => journal.close());
  const station = await stationId(config.dataDir);
  const left = (why: string): void => {
    logger.fatal({ stage: 'store', why }, 'this station no longer has its database and ends');
    lost?.(why);
  };
  for (;;) {
    try {
      const store = await openFailoverStore({
        ...parts,
        journal,
        station,
        dataDir: config.dataDir,
        lost: left,
        signal: options.waiting?.signal,
      });
      undo.later('store', () => store.close());
      return store;
    } catch (error) {
      if (!(error instanceof StoreAway)) throw error;
      say(`the database does not answer (${error.message}); waiting for it …`);
      await waitForDatabase({
        config,
        logger,
        say,
        journal,
        url: parts.url,
        dataKey: parts.dataKey,
        clock: parts.clock,
        ...options.waiting,
      });
    }
  }
}

interface OpenDatabase {
  url: string;
  port: number;
  giveWay?: typeof giveWay;
}

async function openDatabase({ config, say, databaseUrl }: StationOptions, undo: Undo): Promise<OpenDatabase> {
  const given = databaseUrl ?? config.databaseUrl;
  if (given) return { url: given, port: Number(new URL(given).port || 5432) };
  const postgres = await startEmbeddedPostgres({ dataDir: config.dataDir, port: config.databasePort, say });
  postgres.keepRunning();
  undo.later('PostgreSQL', () => postgres.stop());
  return { url: postgres.url, port: postgres.port, giveWay };
}
