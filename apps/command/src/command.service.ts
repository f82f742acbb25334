import { Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Express } from 'express';
import helmet from 'helmet';
import { apiPrefix } from '#libs/contracts';
import type { Clock, DeviceCatalogue, DeviceReply, HookView, IndicatorSeries, PointState, PortView, StageBus, User } from '#libs/contracts';
import {
  authenticate,
  bootstrapAdmin,
  Completeness,
  Idempotency,
  LastSeen,
  LoginAttempts,
  type CommandContext,
  type CommandStore,
  type Consultations,
  type DeviceLink,
  type RegistryIndex,
  type RuleWork,
  type SettingsKeeper,
  type CalloutActions,
  type TaskActions,
  type TestChannel,
  type WarningActions,
  type WarningViewBuilder,
} from '#libs/command';
import type { Rulebook } from '#libs/evaluate';
import type { HornLink } from '#libs/notify';
import { stageLogger, token, type Config, type DataKey, type Health, type Logger, type Metrics } from '#libs/platform';
import { DownlinkRunner } from './downlink-runner.js';
import { hornLink } from './horn-link.js';
import { apiRouter, type Api, type Observe } from './api.js';
import { dashboardRouter } from './dashboard-files.js';
import { documentationRouter } from './documentation.js';
import { healthRouter } from './health-routes.js';
import { hookRouter, type TakePush } from './hook-routes.js';
import { nothingThere, problemHandler } from './problems.js';

/** What command needs of the other stages; the station hands it over in its one composing function. */
export interface CommandConnections {
  actions: WarningActions;
  tasks: TaskActions;
  callouts: CalloutActions;
  warningView: WarningViewBuilder;
  consultations: Consultations;
  testChannel: TestChannel;
  pointState: (unifiedCode: string) => PointState | undefined;
  /** Curves of its indicators. */
  pointSeries: (unifiedCode: string) => IndicatorSeries[];
  /** Ids of the rulebooks in force. */
  rulebooks: () => readonly string[];
  /** The version in force of one of them. */
  rulebook: (id: string) => Rulebook | undefined;
  /** Shadows and dry runs people ask for. */
  ruleWork: RuleWork;
  /** The county's settings: every stage reads them, this one changes them. */
  settings: SettingsKeeper;
  /** The way down to a device's connection. */
  link: DeviceLink;
  ports: () => readonly PortView[];
  /** Where providers push receipts and replies, and who takes them. */
  hooks: () => readonly HookView[];
  push: TakePush;
}

/** On plain http: no HSTS, no upgrade of requests, or a browser on the duty room's LAN would never reach us again. */
const securityHeaders = helmet({
  strictTransportSecurity: false,
  crossOriginOpenerPolicy: false,
  originAgentCluster: false,
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'self'"],
      imgSrc: ["'self'", 'data:', 'blob:'],
      styleSrc: ["'self'", "'unsafe-inline'"],
      workerSrc: ["'self'"],
      connectSrc: ["'self'", 'ws:', 'wss:'],
      objectSrc: ["'none'"],
      baseUri: ["'self'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
    },
  },
});

/** The HTTP surface: `mount` before Nest registers its own routes, `connect`, then `start`. */
@Injectable()
export class CommandService {
  #connections: CommandConnections | undefined;
  #api: Api | undefined;
  #downlink: DownlinkRunner | undefined;
  readonly #attempts: LoginAttempts;

  constructor(
    @Inject(HttpAdapterHost) private readonly adapter: HttpAdapterHost,
    @Inject(token.config) private readonly config: Config,
    @Inject(token.logger) private readonly logger: Logger,
    @Inject(token.metrics) private readonly metrics: Metrics,
    @Inject(token.health) private readonly health: Health,
    @Inject(token.clock) private readonly clock: Clock,
    @Inject(token.bus) private readonly bus: StageBus,
    @Inject(token.dataKey) private readonly dataKey: DataKey,
    @Inject(token.store) private readonly store: CommandStore,
    @Inject(token.catalogue) private readonly catalogue: DeviceCatalogue,
    @Inject(token.registry) private readonly registry: RegistryIndex,
  ) {
    this.#attempts = new LoginAttempts(clock);
  }

  connect(connections: CommandConnections): void {
    this.#connections = connections;
  }

  /**
   * Registers every route on Nest's Express. Call it before `app.init()` or `app.listen()`, with `bodyParser: false`; until
   * `start` the API answers 503 `not-ready`.
   */
  mount(dashboard: string): void {
    const express = this.adapter.httpAdapter.getInstance<Express>();
    express.use(securityHeaders);
    express.use(healthRouter(this.health, this.metrics, this.store.audit, this.clock));
    express.use(documentationRouter());
    express.use(
      apiPrefix,
      apiRouter(() => this.#api, this.#observer()),
    );
    express.use('/api', nothingThere);
    express.use(
      '/hooks',
      hookRouter(() => this.#connections?.push),
    );
    express.use(dashboardRouter(dashboard));
    express.use(nothingThere);
    express.use(problemHandler(stageLogger(this.logger, 'command')));
  }

  /** The way to the horns of slopes; there once this has started. */
  readonly horns: HornLink = {
    say: async (order) => this.#horns().say(order),
    find: async (deviceId, outId) => this.#horns().find(deviceId, outId),
    callOff: async (deviceId, outIds) => this.#horns().callOff(deviceId, outIds),
  };

  async start(): Promise<void> {
    if (!this.#connections) throw new Error('CommandService.start before connect: the composition is incomplete');
    const { store, clock, bus, dataKey, registry, catalogue } = this;
    const lastSeen = new LastSeen();
    const completeness = new Completeness(clock);
    lastSeen.load(await store.history.lastSeen());
    const down = new DownlinkRunner({
      ...this.#connections,
      store,
      clock,
      bus,
      registry,
      catalogue,
      logger: this.logger,
      metrics: this.metrics,
    });
    await down.start();
    this.#downlink = down;
    bus.listen('command', 'readings.stored', ({ readings }) => {
      lastSeen.follow(readings);
      completeness.follow(readings);
      down.follow(readings);
    });
    const context: CommandContext = {
      ...this.#connections,
      store,
      clock,
      bus,
      dataKey,
      registry,
      lastSeen,
      completeness,
      downlink: down.downlink.dispatcher,
      intervals: down.downlink.intervals,
      catalogue,
      attempts: this.#attempts,
    };
    this.#api = { context, idempotency: new Idempotency(store.idempotency, dataKey) };
    this.health.set('command', 'ok');
  }

  #horns(): HornLink {
    if (!this.#downlink) throw new Error('the way down to devices is not open yet');
    return hornLink({ registry: this.registry, downlink: this.#downlink.downlink.dispatcher, commands: this.store.deviceCommands });
  }

  async stop(): Promise<void> {
    this.bus.leave('command');
    await this.#downlink?.stop();
    this.#downlink = undefined;
    this.#api = undefined;
  }

  /** Administrator `admin` exists afterwards. Answers a random password to print once, or undefined. */
  bootstrap(): Promise<string | undefined> {
    return bootstrapAdmin({ store: this.store, clock: this.clock }, this.config.adminPassword);
  }

  /** The user behind a token, for the wall and the consultation room. */
  async authenticate(sessionToken: string): Promise<User | undefined> {
    const { store, clock, dataKey } = this;
    return (await authenticate({ store, clock, dataKey, attempts: this.#attempts }, sessionToken))?.user;
  }

  /** Answers of devices to commands. Resolves when what they mean is stored: the device's message is acknowledged then. */
  async replies(replies: readonly DeviceReply[], at: number): Promise<void> {
    if (!this.#downlink) throw new Error('command is not running');
    await this.#downlink.downlink.replies(replies, at);
  }

  /** A device connected or subscribed to a topic of ours: what waits for it is sent now. */
  deviceListens(deviceId: string): void {
    void this.#downlink?.downlink.listening(deviceId);
  }

  /** When a device last sent something valid, epoch ms: the wall shows the same as the API. */
  lastSeen(deviceId: string): number | undefined {
    return this.#api?.context.lastSeen.of(deviceId);
  }

  #observer(): Observe {
    const requests = this.metrics.counter('command', 'requests_total', 'HTTP requests by operation and status', ['operation', 'status']);
    const seconds = this.metrics.histogram(
      'command',
      'request_seconds',
      'Time to the answer',
      [0.005, 0.02, 0.1, 0.5, 2, 10],
      ['operation'],
    );
    return (operation, status, duration) => {
      requests.inc({ operation, status });
      seconds.observe({ operation }, duration);
    };
  }
}
