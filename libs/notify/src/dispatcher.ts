import type { Clock } from '#libs/contracts';
import { redactPhones, type Logger } from '#libs/platform';
import { Circuit } from './circuit.js';
import type { ClaimedDelivery, Outbox, SendResult, Settlement } from './ports.js';
import { afterSend, urgencyOf } from './policy.js';
import { Reconciler } from './reconciler.js';
import { chooseRoute, type Driver } from './route.js';
import { sleep } from './sleep.js';
import { Slots } from './slots.js';

/** Rows a claim takes at most: more would lie leased and waiting behind the slots. */
const BATCH = 100;
/** Messages under way at once. The SDK reaches its best rate from 64 on; more only lengthens the time each holds its lease. */
const CONCURRENCY = 128;
/** Longer than a request can take, or a second worker would send the message while the first one's is in flight (notify.md §5.2). */
const LEASE_MS = 15_000;
/** The request is given up; must stay under the lease, and above the driver's own 5 s so that its answer is the better one. */
const REQUEST_MS = 7_000;
/** The wake-up after a release is only a hint; this poll is the guarantee. */
const POLL_MS = 200;
/** Between two looks for messages past their lease or deadline: rarer leaves an escalation waiting, oftener scans for nothing. */
const REAP_MS = 1_000;
/** Pause while the store can't be asked: shorter hammers a database that is coming up, longer keeps a red message waiting after it is back. */
const STORE_AWAY_MS = 1_000;

export interface DispatcherOptions {
  outbox: Outbox;
  /** Fail-over from left to right. */
  drivers: readonly Driver[];
  /** Unique to this process: the fence that keeps a dead worker's late answer out. */
  owner: string;
  clock: Clock;
  /** Uniform in [0, 1). */
  random: () => number;
  logger: Logger;
  /** A delivery of this warning changed. */
  changed: (warningId: string) => void;
  settled?: (delivery: ClaimedDelivery, settlement: Settlement, driver: string | undefined) => void;
  /** The store refused to answer (`away`), or answers again. */
  store?: (state: 'away' | 'back', why: string) => void;
  circuit?: (driver: string, state: 'opened' | 'closed', reason: string) => void;
  leaseMs?: number;
  requestMs?: number;
}

/**
 * Sends what the outbox holds: claims under a lease, sends, settles by class of answer, asks before any resend, reaps leases.
 * All policy is in policy.ts and route.ts; this is the loop around it.
 */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #circuits: ReadonlyMap<string, Circuit>;
  readonly #slots = new Slots(CONCURRENCY);
  readonly #reconciler: Reconciler;
  readonly #loops: Promise<void>[] = [];
  #stopping = new AbortController();
  #storeAway = false;

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#circuits = new Map(options.drivers.map(({ channel }) => [channel.name, new Circuit()]));
    this.#reconciler = new Reconciler({ ...options, leaseMs: options.leaseMs ?? LEASE_MS, requestMs: options.requestMs ?? REQUEST_MS });
  }

  start(): void {
    if (this.#loops.length > 0) return;
    this.#stopping = new AbortController();
    const { signal } = this.#stopping;
    // Without a way to send nothing is claimed: deliveries stay pending, visibly, until their deadline.
    if (this.#options.drivers.length > 0)
      this.#loops.push(
        this.#loop(
          () => this.#claimAndSend(),
          () => this.#slots.pause(POLL_MS),
        ),
        this.#loop(
          () => this.#reconciler.round(),
          () => sleep(POLL_MS, signal),
        ),
      );
    this.#loops.push(
      this.#loop(
        () => this.#reap(),
        () => sleep(REAP_MS, signal),
      ),
    );
  }

  /** Something new is in the outbox. */
  wake(): void {
    this.#slots.signal();
  }

  /** Takes nothing new and resolves when everything under way is settled. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#slots.signal();
    await Promise.all(this.#loops.splice(0));
    await this.#slots.empty();
  }

  /** State of each driver's circuit. */
  circuits(): Record<string, string> {
    const now = this.#options.clock.now();
    return Object.fromEntries([...this.#circuits].map(([name, circuit]) => [name, circuit.state(now).state]));
  }

  async #loop(round: () => Promise<boolean>, pause: () => Promise<void>): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      let busy = false;
      try {
        busy = await round();
        this.#storeIs('back', '');
      } catch (error) {
        this.#storeIs('away', error instanceof Error ? error.message : String(error));
        await sleep(STORE_AWAY_MS, signal);
      }
      if (!busy && !signal.aborted) await pause();
    }
  }

  async #claimAndSend(): Promise<boolean> {
    const { outbox, owner, drivers, clock } = this.#options;
    const now = clock.now();
    if (!drivers.some(({ channel }) => this.#circuits.get(channel.name)?.usable(now))) return false;
    const room = this.#slots.room();
    if (room.any === 0) return false;
    const [limit, maxPriority] = room.other > 0 ? [Math.min(BATCH, room.other), 3] : [Math.min(BATCH, room.any), 0];
    const claimed = await outbox.claim(owner, limit, this.#options.leaseMs ?? LEASE_MS, maxPriority);
    const claimedAt = clock.now();
    for (const delivery of claimed) this.#slots.run(urgencyOf(delivery), () => this.#send(delivery, claimedAt));
    return claimed.length === limit;
  }

  async #send(delivery: ClaimedDelivery, claimedAt: number): Promise<void> {
    const { drivers, clock, random, logger } = this.#options;
    const leaseMs = this.#options.leaseMs ?? LEASE_MS;
    const requestMs = this.#options.requestMs ?? REQUEST_MS;
    this.#options.changed(delivery.warningId);
    // After a long stall the lease may end during the request: leave it to the reaper, which asks before it sends.
    if (clock.now() - claimedAt > leaseMs - requestMs) return;
    const route = chooseRoute(delivery, drivers, ({ channel }) => this.#circuits.get(channel.name)?.admit(clock.now()) ?? false);
    let settlement: Settlement;
    let name: string | undefined;
    if ('suppressed' in route) {
      const message = 'A drill not declared real does not leave by a real provider.';
      settlement = { status: 'suppressed', error: { class: 'POLICY', code: route.suppressed, message } };
    } else if ('none' in route) {
      settlement = {
        status: 'pending',
        delayMs: 1_000,
        error: { class: 'POLICY', code: route.none, message: 'No way to send just now; tried again.' },
      };
    } else {
      name = route.driver.channel.name;
      const result = await this.#request(route.driver, delivery, requestMs);
      this.#record(name, result);
      settlement = afterSend(delivery, name, result, random);
    }
    const settled = await this.#settle(delivery, settlement, claimedAt + leaseMs);
    if (!settled) logger.warn({ deliveryId: delivery.id, outcome: settlement.status }, 'lease lost before the answer could be kept');
    else this.#options.settled?.(delivery, settlement, name);
    this.#options.changed(delivery.warningId);
  }

  async #request({ channel }: Driver, delivery: ClaimedDelivery, requestMs: number): Promise<SendResult> {
    const { code, params, text } = delivery.template;
    const validitySeconds = Math.max(1, Math.round((delivery.deadline - this.#options.clock.now()) / 1000));
    const message = { outId: delivery.outId, to: delivery.address, template: { code, params, text }, validitySeconds };
    try {
      return await channel.send(message, AbortSignal.timeout(requestMs));
    } catch (error) {
      // A channel must not throw; if it does, nobody knows whether the message left.
      return {
        ok: false,
        cls: 'UNKNOWN',
        code: 'channel-threw',
        message: redactPhones(error instanceof Error ? error.name : 'unknown error'),
      };
    }
  }

  /** The answer of a provider is worth keeping: tries until the lease ends, then the reaper has it. */
  async #settle(delivery: ClaimedDelivery, settlement: Settlement, leaseEnd: number): Promise<boolean> {
    const { outbox, owner, clock } = this.#options;
    for (;;) {
      try {
        return await outbox.settle(delivery.id, owner, settlement);
      } catch (error) {
        this.#storeIs('away', error instanceof Error ? error.message : String(error));
        if (clock.now() >= leaseEnd) return false;
        await sleep(STORE_AWAY_MS, new AbortController().signal);
      }
    }
  }

  async #reap(): Promise<boolean> {
    const reaped = await this.#options.outbox.reap();
    if (reaped.unknown > 0 || reaped.expired > 0)
      this.#options.logger.warn({ unknown: reaped.unknown, expired: reaped.expired }, 'deliveries past their lease or deadline');
    for (const warningId of reaped.warnings ?? []) this.#options.changed(warningId);
    return false;
  }

  #record(driver: string, result: SendResult): void {
    const circuit = this.#circuits.get(driver);
    const now = this.#options.clock.now();
    const change = circuit?.record(result, now);
    if (change) this.#options.circuit?.(driver, change, circuit?.state(now).reason ?? '');
  }

  #storeIs(state: 'away' | 'back', why: string): void {
    if (this.#storeAway === (state === 'away')) return;
    this.#storeAway = state === 'away';
    this.#options.store?.(state, redactPhones(why));
  }
}
