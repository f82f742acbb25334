import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { Clock, Settings, StageBus } from '#libs/contracts';
import { Dispatcher, ReceiptPoller, type Driver } from '#libs/notify';
import { sha256, stageLogger, token, type Config, type Health, type Logger, type Metrics } from '#libs/platform';
import type { Store } from '#libs/store';
import { systemAlarm } from '#libs/wall';
import { Alarms, noWayToSend, providerDown, type ShowAlarm } from './alarms.js';
import { makeDrivers } from './drivers.js';
import { NotifyMetrics } from './notify-metrics.js';
import { receiptPush, type PushAnswer } from './receipt-push.js';
import { registerWithSimulator, registryOf } from './registration.js';
import { SummaryPublisher } from './summaries.js';

export type NotifyStore = Pick<Store, 'outbox' | 'ledger' | 'warnings'>;

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
  #registering: Promise<void> = Promise.resolve();
  #show: ShowAlarm = async (alarm) => {
    await this.store.ledger.write({ events: [systemAlarm(alarm, this.clock.now())] });
  };

  constructor(
    @Inject(token.config) readonly config: Config,
    @Inject(token.store) readonly store: NotifyStore,
    @Inject(token.bus) readonly bus: StageBus,
    @Inject(token.settings) readonly settings: () => Settings,
    @Inject(token.clock) readonly clock: Clock,
    @Inject(token.logger) readonly logger: Logger,
    @Inject(token.metrics) readonly metrics: Metrics,
    @Inject(token.health) readonly health: Health,
  ) {
    this.#logger = logger;
  }

  /** Alarms of the system go to the wall, which keeps those that stand for whoever connects later; without it they are events only. */
  connect(show: ShowAlarm): void {
    this.#show = show;
  }

  /**
   * Starts sending. With the simulator, sending begins when sign and templates are registered there.
   * @param gatewayPort where the gateway simulator listens, if it is not the configured port
   * @throws ConfigError when a driver can't be made from the environment
   */
  async start(gatewayPort = this.config.gatewayPort): Promise<void> {
    this.#logger = stageLogger(this.logger, 'notify');
    const drivers = makeDrivers(this.config, gatewayPort, () => this.settings().smsSign, this.clock);
    const alarms = new Alarms((alarm) => this.#show(alarm), this.health, this.#logger);
    this.#summaries = new SummaryPublisher(this.store, this.clock, this.#logger);
    this.#dispatcher = this.#makeDispatcher(drivers, alarms, this.#summaries);
    this.#poller = this.#makePoller(drivers, this.#summaries);
    this.#listen();
    this.#summaries.start();
    alarms.report();
    if (drivers.length === 0) await alarms.raise(noWayToSend);
    const left = await this.store.outbox.abandon(ownersOf(this.config.dataDir));
    if (left > 0)
      this.#logger.warn(
        { deliveries: left },
        'an earlier run ended while these were being sent; the provider is asked before any is sent again',
      );
    if (drivers.some(({ simulated }) => simulated)) this.#withSimulator(gatewayPort);
    else this.#begin();
  }

  /** New deliveries are in the outbox. */
  wake(): void {
    this.#dispatcher?.wake();
  }

  /** Takes a vendor's push of receipts; the HTTP edge mounts it. */
  receipts(body: unknown): Promise<PushAnswer> {
    return receiptPush(this.store.outbox, (warningId) => this.#summaries?.changed(warningId), this.#logger, body);
  }

  /** Takes nothing new, waits for what is under way, writes the last summaries. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.bus.leave(OWNER);
    await this.#registering;
    await Promise.all([this.#dispatcher?.stop(), this.#poller?.stop()]);
    await this.#summaries?.stop();
  }

  #begin(): void {
    if (this.#stopping.signal.aborted) return;
    this.#dispatcher?.start();
    this.#poller?.start();
  }

  #withSimulator(port: number): void {
    const register = () => registerWithSimulator(port, registryOf(this.settings()), this.#logger, this.#stopping.signal);
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
    const metrics = new NotifyMetrics(this.metrics);
    return new Dispatcher({
      outbox: this.store.outbox,
      drivers,
      owner: `${ownersOf(this.config.dataDir)}${randomUUID()}`,
      clock: this.clock,
      random: Math.random,
      logger: this.#logger,
      changed: (warningId) => summaries.changed(warningId),
      settled: (delivery, settlement, provider) => metrics.settled(delivery, settlement, provider, this.clock.now()),
      store: (state, why) => alarms.store(state === 'away' ? why : ''),
      circuit: (name, state, reason) => {
        const alarm = providerDown(name, reason);
        void (state === 'opened' ? alarms.raise(alarm) : alarms.end(alarm.code));
      },
    });
  }

  #makePoller(drivers: readonly Driver[], summaries: SummaryPublisher): ReceiptPoller {
    const changed = (warningId: string) => summaries.changed(warningId);
    return new ReceiptPoller({ outbox: this.store.outbox, drivers, clock: this.clock, logger: this.#logger, changed });
  }
}

const idOf = (payload: unknown): string => (typeof payload === 'object' && payload !== null ? String(Reflect.get(payload, 'id')) : '');
