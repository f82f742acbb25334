import type { Clock } from '#libs/contracts';
import { redactPhones, type Logger } from '#libs/platform';
import { Circuits, type Circuit } from './circuit.js';
import { Lane } from './lane.js';
import type { ClaimedDelivery, Outbox, Receipt, Reported, SendResult, Settlement } from '../ports.js';
import { Reconciler } from './reconciler.js';
import type { Driver } from '../gate/route.js';
import { sleep } from './sleep.js';

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
  /** How each channel does, where that is known from before. */
  circuits?: Circuits;
  /** Unique to this process: the fence that keeps a dead worker's late answer out. */
  owner: string;
  clock: Clock;
  /** Uniform in [0, 1). */
  random: () => number;
  logger: Logger;
  /** A delivery of this warning changed. */
  changed: (warningId: string) => void;
  /** A question before a resend has told what became of a message, and that is kept. */
  reported?: (receipt: Receipt, delivery: Reported) => void;
  settled?: (delivery: ClaimedDelivery, settlement: Settlement, driver: string | undefined) => void;
  /** The store refused to answer (`away`), or answers again. */
  store?: (state: 'away' | 'back', why: string) => void;
  circuit?: (driver: string, state: 'opened' | 'closed', reason: string) => void;
  leaseMs?: number;
  requestMs?: number;
}

/**
 * Sends what the outbox holds: a lane a channel, one that asks about unknown outcomes before any resend, one that reaps leases and deadlines.
 * All policy is in gate/, policy.ts and route.ts; this is the loops around it.
 */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #circuits: ReadonlyMap<string, Circuit>;
  readonly #lanes: readonly Lane[];
  readonly #reconciler: Reconciler;
  readonly #loops: Promise<void>[] = [];
  #stopping = new AbortController();
  #storeAway = false;

  constructor(options: DispatcherOptions) {
    const { drivers, circuits = new Circuits(), leaseMs = LEASE_MS, requestMs = REQUEST_MS } = options;
    this.#options = options;
    this.#circuits = new Map(drivers.map(({ channel }) => [channel.name, circuits.of(channel)]));
    this.#reconciler = new Reconciler({ ...options, leaseMs, requestMs });
    const channels = [...new Set(drivers.map(({ channel }) => channel.channel))];
    this.#lanes = channels.map(
      (channel) =>
        new Lane({
          ...options,
          channel,
          circuits: this.#circuits,
          leaseMs,
          requestMs,
          answered: (driver, result) => this.#record(driver, result),
          storeAway: (error) => this.#storeIs('away', error instanceof Error ? error.message : String(error)),
        }),
    );
  }

  start(): void {
    if (this.#loops.length > 0) return;
    this.#stopping = new AbortController();
    const { signal } = this.#stopping;
    // What has no driver is not claimed: it stays pending, visibly, until its deadline.
    for (const lane of this.#lanes)
      this.#loops.push(
        this.#loop(
          () => lane.round(),
          () => lane.slots.pause(POLL_MS),
        ),
      );
    if (this.#lanes.length > 0)
      this.#loops.push(
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
    for (const { slots } of this.#lanes) slots.signal();
  }

  /** Takes nothing new and resolves when everything under way is settled. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.wake();
    await Promise.all(this.#loops.splice(0));
    await Promise.all(this.#lanes.map(({ slots }) => slots.empty()));
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
