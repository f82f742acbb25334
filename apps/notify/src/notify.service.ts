import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { ChannelTest, Clock, DeliveryChannel, HookView, Settings, StageBus } from '#libs/contracts';
import {
  Circuits,
  Dispatcher,
  ReceiptPoller,
  WallChannel,
  type Driver,
  type HornLink,
  type InboundAnswer,
  type Receipt,
  type Reply,
  type Reported,
  type WallLink,
} from '#libs/notify';
import { sha256, stageLogger, token, type Config, type DataKey, type Health, type Logger, type Metrics } from '#libs/platform';
import type { Store } from '#libs/store';
import { systemAlarm } from '#libs/wall';
import { Alarms, driverDown, noWayToSend, watchWall, type ShowAlarm } from './alarms.js';
import { testChannel } from './channel-test.js';
import { SettingsChannels } from './channels.js';
import { makeDrivers } from './drivers.js';
import { Inbound, type HookCall } from './inbound.js';
import { NotifyMetrics } from './notify-metrics.js';
import { registerWithSimulator, registryOf } from './registration.js';
import { SummaryPublisher } from './summaries.js';

/** Where the station really listens; ports of the configuration may be 0. */
export interface Listening {
  gatewayPort?: number;
  httpPort?: number;
}

export type NotifyStore = Pick<Store, 'outbox' | 'ledger' | 'warnings'> & { callouts: Pick<Store['callouts'], 'households'> };

const OWNER = 'notify';
/** Workers of one data directory: its lock says that none but ours is alive, so what an earlier one left is ours to ask about. */
const ownersOf = (dataDir: string): string => `${OWNER}-${sha256(dataDir).slice(0, 12)}-`;
/** Longest a change of settings waits for the simulator: shorter, and the next message may go out under a sign it does not know yet; longer holds up the county. */
const REGISTRATION_PATIENCE_MS = 3_000;

/**
 * The notify stage: sends what the ledger put into the outbox, follows it to a receipt, and says how each warning's deliveries stand.
 * It plans nothing: who is told what was decided with the warning, in the same transaction.
 */
@Injectable()
export class NotifyService {
  readonly #stopping = new AbortController();
  #logger: Logger;
  #summaries: SummaryPublisher | undefined;
  #dispatcher: Dispatcher | undefined;
  #poller: ReceiptPoller | undefined;
  #inbound: Inbound | undefined;
  #registering: Promise<void> = Promise.resolve();
  #horns: HornLink | undefined;
  #wall: WallLink | undefined;
  /** Of SMS and voice, from the environment: they stay while the station runs. */
  #providers: readonly Driver[] = [];
  /** The command centre's wall, where there is one. */
  #displays: readonly Driver[] = [];
  readonly #channels: SettingsChannels;
  /** All of those, with the settings in force. */
  #drivers: readonly Driver[] = [];
  /** How each provider does: a change of the settings is no news about those it does not concern. */
  readonly #circuits = new Circuits();
  #settled: NotifyMetrics | undefined;
  #begun = false;
  /** What was replaced and finishes what it had begun. */
  #retiring: Promise<unknown> = Promise.resolve();
  /** Until somebody reads replies they are counted in the log; whoever does is in the composition. */
  #tell: (replies: readonly Reply[]) => Promise<void> = async (replies) => {
    this.#logger.warn({ replies: replies.length }, 'replies came in and nobody reads them');
  };
  #show: ShowAlarm = async (alarm) => {
    await this.store.ledger.write({ events: [systemAlarm(alarm, this.clock.now())] });
  };
  readonly #reported = (receipt: Receipt, delivery: Reported): void => watchWall(this.#show, this.#logger)(receipt, delivery);

  constructor(
    @Inject(token.config) readonly config: Config,
    @Inject(token.store) readonly store: NotifyStore,
    @Inject(token.bus) readonly bus: StageBus,
    @Inject(token.settings) readonly settings: () => Settings,
    @Inject(token.clock) readonly clock: Clock,
    @Inject(token.logger) readonly logger: Logger,
    @Inject(token.metrics) readonly metrics: Metrics,
    @Inject(token.health) readonly health: Health,
    @Inject(token.dataKey) readonly dataKey: DataKey,
  ) {
    this.#logger = logger;
    this.#channels = new SettingsChannels(clock, () => this.#horns);
  }

  /** Alarms of the system go to the wall, which keeps those that stand for whoever connects later; without it they are events only. */
  connect(show: ShowAlarm): void {
    this.#show = show;
  }

  /** The way down to the horns on slopes. */
  connectHorns(horns: HornLink): void {
    this.#horns = horns;
  }

  /** The displays of the command centre. */
  connectWall(wall: WallLink): void {
    this.#wall = wall;
  }

  /** Who reads what people answer. Resolves when the replies are kept: a provider pushes again what is not. */
  connectReplies(tell: (replies: readonly Reply[]) => Promise<void>): void {
    this.#tell = tell;
  }

  /**
   * Starts sending. With the simulator, sending begins when sign, templates and addresses are registered there.
   * @throws ConfigError when a driver can't be made from the environment
   */
  async start({ gatewayPort = this.config.gatewayPort, httpPort = this.config.httpPort }: Listening = {}): Promise<void> {
    this.#logger = stageLogger(this.logger, 'notify');
    const local = `http://127.0.0.1:${httpPort}`;
    this.#providers = makeDrivers({
      config: this.config,
      gatewayPort,
      sign: () => this.settings().smsSign,
      hookOf: (driver) => this.config.publicUrl && this.#inbound && this.config.publicUrl + this.#inbound.pathOf(driver),
      clock: this.clock,
    });
    this.#displays = this.#makeDisplays();
    const alarms = new Alarms((alarm) => this.#show(alarm), this.health, this.#logger);
    this.#summaries = new SummaryPublisher(this.store, this.clock, this.#logger);
    this.#compose(alarms, this.#summaries);
    this.#inbound = this.#makeInbound(this.config.publicUrl ?? local, this.#summaries);
    this.#listen();
    this.#followChannels(alarms, this.#summaries);
    this.#summaries.start();
    alarms.report();
    if (this.#providers.length === 0) await alarms.raise(noWayToSend);
    const left = await this.store.outbox.abandon(ownersOf(this.config.dataDir));
    if (left > 0)
      this.#logger.warn(
        { deliveries: left },
        'an earlier run ended while these were being sent; the provider is asked before any is sent again',
      );
    if (this.#providers.some(({ simulated }) => simulated)) this.#withSimulator(gatewayPort, local);
    else this.#begin();
  }

  /** Whether there is a way to send by this channel at all. */
  sends(channel: DeliveryChannel): boolean {
    return this.#drivers.some((driver) => driver.channel.channel === channel && !driver.farewell);
  }

  /** What the wall shows of this warning's deliveries has changed. */
  changed(warningId: string): void {
    this.#summaries?.changed(warningId);
  }

  /** Sends a test message by one channel of the settings. @returns undefined when none of that name is on */
  testChannel(name: string): Promise<ChannelTest | undefined> {
    return testChannel(name, this.#drivers, this.settings().channels, `t${randomUUID().slice(-12)}`);
  }

  /** New deliveries are in the outbox. */
  wake(): void {
    this.#dispatcher?.wake();
  }

  /** Takes what a provider pushes; the HTTP edge mounts it. @returns undefined when nothing is there for whoever asks */
  async push(call: HookCall): Promise<InboundAnswer | undefined> {
    return this.#inbound?.push(call);
  }

  /** Addresses providers push to; they bear secrets. */
  readonly hooks = (): HookView[] => this.#inbound?.hooks() ?? [];

  /** Takes nothing new, waits for what is under way, writes the last summaries. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.bus.leave(OWNER);
    await this.#registering;
    await Promise.all([this.#dispatcher?.stop(), this.#poller?.stop(), this.#inbound?.stop(), this.#retiring]);
    await this.#summaries?.stop();
  }

  #begin(): void {
    if (this.#stopping.signal.aborted) return;
    this.#begun = true;
    this.#dispatcher?.start();
    this.#poller?.start();
    this.#inbound?.listen();
  }

  /** Makes what sends out of the providers and the channels of the settings. What was there before finishes what it had begun, and no more. */
  #compose(alarms: Alarms, summaries: SummaryPublisher): void {
    const before = [this.#dispatcher, this.#poller];
    const earlier = this.#drivers;
    this.#drivers = [...this.#providers, ...this.#displays, ...this.#channels.of(this.settings())];
    // An alarm of what is gone would stand for ever.
    for (const { channel } of earlier)
      if (!this.#drivers.some((driver) => driver.channel === channel)) void alarms.end(driverDown(channel.channel, channel.name, '').code);
    this.#dispatcher = this.#makeDispatcher(this.#drivers, alarms, summaries);
    this.#poller = this.#makePoller(this.#drivers, summaries);
    if (!this.#begun) return;
    this.#dispatcher.start();
    this.#poller.start();
    this.#retiring = Promise.all([this.#retiring, ...before.map((one) => one?.stop())]);
  }

  /** A robot entered or switched off counts for the next message; nobody restarts the station for it. */
  #followChannels(alarms: Alarms, summaries: SummaryPublisher): void {
    const standing = () => JSON.stringify([this.settings().channels, this.settings().formerChannels]);
    let inForce = standing();
    this.bus.listen(OWNER, 'settings.changed', () => {
      if (standing() === inForce || this.#stopping.signal.aborted) return;
      inForce = standing();
      this.#compose(alarms, summaries);
    });
  }

  #withSimulator(port: number, local: string): void {
    const register = () => {
      const hooks = Object.fromEntries(this.hooks().map(({ driver, path }) => [driver, local + path]));
      return registerWithSimulator(port, registryOf(this.settings()), hooks, this.#logger, this.#stopping.signal);
    };
    this.#registering = register().then(() => this.#begin());
    // A new sign is handed in before the change is answered, or the next message would be refused for good; but a simulator that is
    // away must not hold up the county's settings, so that the rest of the wait goes on behind.
    this.bus.listen(OWNER, 'settings.changed', async () => {
      this.#registering = Promise.all([this.#registering, register()]).then(() => undefined);
      await Promise.race([this.#registering, sleep(REGISTRATION_PATIENCE_MS, undefined, { ref: false })]);
    });
  }

  #listen(): void {
    this.bus.listen(OWNER, 'ledger.written', ({ events, deliveries }) => {
      for (const event of events) {
        const warningId = event.type === 'warning.release' ? idOf(event.payload) : '';
        if (warningId !== '') this.#summaries?.changed(warningId);
      }
      if (deliveries > 0) this.wake();
    });
  }

  #makeDispatcher(drivers: readonly Driver[], alarms: Alarms, summaries: SummaryPublisher): Dispatcher {
    const metrics = (this.#settled ??= new NotifyMetrics(this.metrics));
    return new Dispatcher({
      outbox: this.store.outbox,
      drivers,
      circuits: this.#circuits,
      owner: `${ownersOf(this.config.dataDir)}${randomUUID()}`,
      clock: this.clock,
      random: Math.random,
      logger: this.#logger,
      changed: (warningId) => summaries.changed(warningId),
      reported: this.#reported,
      settled: (delivery, settlement, provider) => metrics.settled(delivery, settlement, provider, this.clock.now()),
      store: (state, why) => alarms.store(state === 'away' ? why : ''),
      circuit: (name, state, reason) => {
        const driver = drivers.find(({ channel }) => channel.name === name);
        if (!driver || !this.#drivers.some(({ channel }) => channel === driver.channel)) return;
        const alarm = driverDown(driver.channel.channel, name, reason);
        void (state === 'opened' ? alarms.raise(alarm) : alarms.end(alarm.code));
      },
    });
  }

  /** Our own wall reaches nobody's phone: exercises are shown as what they are. */
  #makeDisplays(): Driver[] {
    if (!this.#wall) return [];
    const within = () => this.settings().channels.wall.within;
    return [{ channel: new WallChannel({ link: this.#wall, within, clock: this.clock }), simulated: true }];
  }

  #makeInbound(baseUrl: string, summaries: SummaryPublisher): Inbound {
    const pushes = this.metrics.counter('notify', 'pushes_total', 'Pushes of providers, by what became of them', ['provider', 'outcome']);
    return new Inbound({
      drivers: () => this.#drivers,
      outbox: this.store.outbox,
      settings: () => this.settings().hooks,
      tokenOf: (driver, round) => this.dataKey.hookToken(driver, round),
      baseUrl: () => baseUrl,
      publicUrl: this.config.publicUrl,
      tell: (replies) => this.#tell(replies),
      changed: (warningId) => summaries.changed(warningId),
      reported: this.#reported,
      counted: (provider, outcome) => pushes.inc({ provider, outcome }),
      logger: this.#logger,
    });
  }

  #makePoller(drivers: readonly Driver[], summaries: SummaryPublisher): ReceiptPoller {
    const { clock, store } = this;
    const changed = (warningId: string) => summaries.changed(warningId);
    return new ReceiptPoller({ outbox: store.outbox, drivers, clock, logger: this.#logger, changed, reported: this.#reported });
  }
}

const idOf = (payload: unknown): string => (typeof payload === 'object' && payload !== null ? String(Reflect.get(payload, 'id')) : '');
