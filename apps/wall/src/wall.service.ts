import type { Server as HttpServer } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import type {
  Clock,
  DeviceCatalogue,
  IndicatorSeries,
  PointLevel,
  PointState,
  RegisteredDevice,
  RegistryView,
  StoredReading,
  SystemAlarm,
  User,
  WallEvent,
} from '#libs/contracts';
import { DAY, fromIso, SECOND } from '#libs/contracts';
import type { Health, Logger, Metrics } from '#libs/platform';
import { token } from '#libs/platform';
import type { Store } from '#libs/store';
import { credentialOf, DeviceWatch, Displays, Picture, systemAlarm, WallNamespace, endOverSessions, sessionInterval } from '#libs/wall';
import { Server, type Socket } from 'socket.io';

export type WallStore = Pick<Store, 'events' | 'latest' | 'ledger' | 'warnings'>;

export interface WallConnections {
  /** User of a session token; undefined when there is none. */
  authenticate: (token: string) => Promise<User | undefined>;
  /** Level of a point by its last judgement. */
  level: (hazardPoint: string) => PointLevel | undefined;
  /** Curves of its indicators, from an event time (ms) on. */
  series: (hazardPoint: string, since?: number) => IndicatorSeries[];
  catalogue: DeviceCatalogue;
}

/** The wall stage: one socket.io server for `/wall` and `/consult`, the live picture, states of devices and alarms of the system. */
@Injectable()
export class WallService {
  readonly #alarms = new Map<string, SystemAlarm>();
  /** Messages the displays have to paint; the notify stage hands them in. */
  readonly displays: Displays;
  #io: Server | undefined;
  /** One for each listener. */
  readonly #engines = new Set<Server['engine']>();
  #wall: WallNamespace | undefined;
  #picture: Picture | undefined;
  #watch: DeviceWatch | undefined;
  #connections: WallConnections | undefined;
  #timer: NodeJS.Timeout | undefined;
  #watching: Promise<void> | undefined;
  #sessionTimer: NodeJS.Timeout | undefined;
  #sessions: Promise<void> | undefined;

  constructor(
    @Inject(token.store) readonly store: WallStore,
    @Inject(token.registry) readonly registry: RegistryView,
    @Inject(token.clock) readonly clock: Clock,
    @Inject(token.logger) readonly logger: Logger,
    @Inject(token.health) readonly health: Health,
    @Inject(token.metrics) readonly metrics: Metrics,
  ) {
    this.displays = new Displays({
      events: store.events,
      write: (event) => store.ledger.write({ events: [event] }),
      registry,
      connected: (divisionCode) => this.#wall?.connected(divisionCode) ?? 0,
      clock,
    });
  }

  /** Before `start`: where sessions, judgements and units come from. */
  connect(connections: WallConnections): void {
    this.#connections = connections;
  }

  /** Fills the picture from the store and begins to watch the devices. Call before `attach`. */
  async start(): Promise<void> {
    const connections = this.#connections;
    if (!connections) throw new Error('WallService.start: connect() comes first');
    const unitOf = (device: RegisteredDevice, channel: string): string =>
      connections.catalogue.profile(device.profile)?.field(channel)?.unit ?? '1';
    const picture = new Picture({ registry: this.registry, level: connections.level, unitOf });
    picture.show(await this.store.latest.latest());
    this.#picture = picture;
    this.#watch = new DeviceWatch(picture);
    this.#watch.begin(this.clock.now());
    this.#wall = new WallNamespace({
      picture,
      series: connections.series,
      events: this.store.events,
      displays: this.displays,
      openWarnings: () => this.store.warnings.open(),
      alarms: () => [...this.#alarms.values()],
      userOf: (handshake) => this.userOf(handshake),
      clock: this.clock,
      logger: this.logger,
    });
    const clients = this.metrics.gauge('wall', 'clients', 'Walls connected');
    await this.#takeUpAlarms();
    await this.displays.load();
    this.#timer = setInterval(() => {
      this.endAlarms();
      clients.set(this.#wall?.size ?? 0);
      this.#watching ??= this.watchDevices().finally(() => (this.#watching = undefined));
    }, SECOND);
    this.#timer.unref();
    this.health.set('wall', 'ok');
  }

  /** Serves sockets on this listener, and on each further one (HTTP and HTTPS). Answers the server, for other namespaces. */
  attach(httpServer: HttpServer): Server {
    if (this.#io) {
      this.#io.attach(httpServer);
      this.#engines.add(this.#io.engine);
      return this.#io;
    }
    const wall = this.#wall;
    if (!wall) throw new Error('WallService.attach: start() comes first');
    // Replay is by `offset` alone: socket.io's own recovery would be a second, weaker one. Deflate gains nothing on frames (web.md §4).
    // A quiet county sends nothing for minutes, and a wall calls its link broken after five seconds without a sign of life: pings come
    // sooner than that, and a dead client is let go before it has missed much.
    this.#io = new Server(httpServer, {
      perMessageDeflate: false,
      serveClient: false,
      maxHttpBufferSize: 100_000,
      pingInterval: 2 * SECOND,
      pingTimeout: 3 * SECOND,
    });
    this.#engines.add(this.#io.engine);
    wall.attach(this.#io);
    this.#sessionTimer = setInterval(() => {
      this.#sessions ??= this.endOverSessions().finally(() => (this.#sessions = undefined));
    }, sessionInterval);
    this.#sessionTimer.unref();
    return this.#io;
  }

  /** Committed readings, for the frames. */
  show(readings: readonly StoredReading[]): void {
    this.#picture?.show(readings);
  }

  /** Whether somebody looks at a point. */
  watches(hazardPoint: string): boolean {
    return this.#wall?.watches(hazardPoint) ?? false;
  }

  /** A point was judged, for those who look at it. */
  judged(state: PointState): void {
    this.#wall?.judged(state);
  }

  /** Events as the ledger wrote them, in order. */
  emit(events: readonly WallEvent[]): void {
    this.#wall?.emit(events);
  }

  /** Raises or ends a standing alarm of the system; the same alarm again is not news. */
  async alarm(alarm: SystemAlarm): Promise<void> {
    const known = this.#alarms.get(alarm.code);
    const others = alarm.standing && known?.about?.join() !== alarm.about?.join();
    if (this.#alarms.has(alarm.code) === alarm.standing && !others) return;
    if (alarm.standing) this.#alarms.set(alarm.code, alarm);
    else this.#alarms.delete(alarm.code);
    try {
      await this.store.ledger.write({ events: [systemAlarm(alarm, this.clock.now())] });
    } catch (error) {
      // Not told: the next call tells it.
      if (known) this.#alarms.set(known.code, known);
      else this.#alarms.delete(alarm.code);
      throw error;
    }
  }

  /** Alarms that have an end of their own stand until then, also over a restart, and those that were written while no station ran (a restore). */
  async #takeUpAlarms(): Promise<void> {
    const now = this.clock.now();
    for (const { payload } of await this.store.events.ofType('system.alarm', now - DAY)) {
      const alarm = payload as SystemAlarm;
      if (!alarm.standing) this.#alarms.delete(alarm.code);
      else if (alarm.until !== undefined && fromIso(alarm.until) > now) this.#alarms.set(alarm.code, alarm);
    }
  }

  /** Ends those whose end has come and that nobody has ended. Called each second. */
  endAlarms(): void {
    const now = this.clock.now();
    for (const alarm of this.#alarms.values())
      if (alarm.until !== undefined && fromIso(alarm.until) <= now)
        void this.alarm({ ...alarm, standing: false }).catch((error: unknown) =>
          this.logger.error(
            { stage: 'wall', alarm: alarm.code, err: error },
            'the end of an alarm could not be told; tried again in a second',
          ),
        );
  }

  /** Who a handshake belongs to, by token or session cookie; for every namespace of this server. */
  async userOf(handshake: Socket['handshake']): Promise<User | undefined> {
    const credential = credentialOf(handshake);
    return credential === undefined ? undefined : this.#connections?.authenticate(credential);
  }

  /** Ends the sockets of who has logged out meanwhile. Called every few seconds. */
  async endOverSessions(): Promise<void> {
    if (this.#io) await endOverSessions(this.#io, ['/wall', '/consult'], (handshake) => this.userOf(handshake), this.logger);
  }

  /** Tells which devices fell silent or came back. Called each second. */
  async watchDevices(): Promise<void> {
    const watch = this.#watch;
    if (!watch) return;
    const now = this.clock.now();
    const changes = watch.changes(now);
    if (changes.length === 0) return;
    try {
      await this.store.ledger.write({ events: changes.map((change) => watch.event(change, now)) });
      watch.told(changes);
    } catch (error) {
      this.logger.error(
        { stage: 'wall', devices: changes.length, err: error },
        'states of devices could not be told; tried again in a second',
      );
    }
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    clearInterval(this.#sessionTimer);
    await Promise.all([this.#watching, this.#sessions]);
    this.#wall?.stop();
    // Each namespace by name: the server's own call reaches only `/`, and of two listeners it would close the last one's.
    for (const namespace of ['/', '/wall', '/consult']) this.#io?.of(namespace).disconnectSockets(true);
    for (const engine of this.#engines) engine.close();
  }
}
