import type { Clock } from '#libs/contracts';
import { redactPhones, type Logger } from '#libs/platform';
import type { Circuit } from './circuit.js';
import { afterBusyNumber, callWindows, gate } from '../gate/gate.js';
import { afterNoWay, afterSend, urgencyOf } from '../gate/policy.js';
import type { Channel, ClaimedDelivery, Outbox, SendResult, Settlement } from '../ports.js';
import { allowedDrivers, chooseRoute, type Driver } from '../gate/route.js';
import { sleep } from './sleep.js';
import { Slots } from './slots.js';
import { TokenBucket } from './token-bucket.js';

/** Rows a claim takes at most: more would lie leased and waiting behind the slots. */
const BATCH = 200;
/** Messages under way at once. The SDK reaches its best rate from 64 on; more only lengthens the time each holds its lease. */
const CONCURRENCY = 256;
/** Pause while the store can't be asked: shorter hammers a database that is coming up, longer keeps a red message waiting after it is back. */
const STORE_AWAY_MS = 1_000;
/**
 * What a provider of the channel takes a second from one account, where the driver does not say (notify.md §1.1, §3.2: SMS 5,000, interactive calls
 * 100), less a tenth: at the limit the provider begins to refuse, and every refusal costs a retry.
 */
const usualRate: Partial<Record<Channel['channel'], number>> = { sms: 4_500, voice: 90 };

export interface LaneOptions {
  outbox: Outbox;
  channel: Channel['channel'];
  /** All drivers, of other channels too; fail-over from left to right. */
  drivers: readonly Driver[];
  circuits: ReadonlyMap<string, Circuit>;
  owner: string;
  clock: Clock;
  random: () => number;
  logger: Logger;
  leaseMs: number;
  requestMs: number;
  changed: (warningId: string) => void;
  settled?: (delivery: ClaimedDelivery, settlement: Settlement, driver: string | undefined) => void;
  answered: (driver: string, result: SendResult) => void;
  storeAway: (error: unknown) => void;
}

/**
 * The way out by one channel: claims under a lease, lets the policy look, sends, settles by class of answer. Channels do not share slots, so that
 * calls of ten seconds never stand in front of messages of ten milliseconds.
 */
export class Lane {
  readonly #options: LaneOptions;
  readonly #drivers: readonly Driver[];
  readonly #buckets: ReadonlyMap<string, TokenBucket>;
  readonly slots = new Slots(CONCURRENCY);

  constructor(options: LaneOptions) {
    this.#options = options;
    this.#drivers = options.drivers.filter(({ channel }) => channel.channel === options.channel);
    const rateOf = (channel: Channel) => channel.capabilities.perSecond ?? usualRate[channel.channel] ?? Infinity;
    this.#buckets = new Map(this.#drivers.map(({ channel }) => [channel.name, new TokenBucket(rateOf(channel))]));
  }

  /** Claims what there is room for and begins to send it. @returns whether there may be more at once */
  async round(): Promise<boolean> {
    const { outbox, owner, clock, leaseMs, channel } = this.#options;
    const [limit, maxPriority] = this.#room(clock.now());
    if (limit === 0) return false;
    const claimed = await outbox.claim(owner, limit, leaseMs, maxPriority, channel);
    const claimedAt = clock.now();
    const waits = await this.#turns(claimed);
    for (const [n, delivery] of claimed.entries())
      this.slots.run(urgencyOf(delivery), () => this.#deliver(delivery, claimedAt, waits[n] ?? 0));
    return claimed.length === limit;
  }

  /** How many may be claimed, and down to which priority. With every provider out only red and orange: they may have to go another way. */
  #room(now: number): [limit: number, maxPriority: number] {
    const usable = this.#drivers.filter(({ channel }) => this.#options.circuits.get(channel.name)?.usable(now));
    const room = this.slots.room();
    if (usable.length === 0) return [Math.min(BATCH, room.any), 1];
    const tokens = (urgent: boolean) =>
      usable.reduce((sum, { channel }) => sum + (this.#buckets.get(channel.name)?.available(now, urgent) ?? 0), 0);
    const other = Math.min(room.other, tokens(false));
    return other > 0 ? [Math.min(BATCH, other), 3] : [Math.min(BATCH, room.any, tokens(true)), 0];
  }

  /** Turns of the numbers that are to be called: ms to wait for each. What the policy holds back anyway takes none. */
  async #turns(claimed: readonly ClaimedDelivery[]): Promise<number[]> {
    const { outbox, channel, clock } = this.#options;
    if (channel !== 'voice') return [];
    const calls = claimed.filter((delivery) => gate(delivery, clock.now()).go);
    const waits = calls.length === 0 ? [] : await outbox.takeTurns(calls, callWindows);
    const byId = new Map(calls.map(({ id }, n) => [id, waits[n] ?? 0]));
    return claimed.map(({ id }) => byId.get(id) ?? 0);
  }

  async #deliver(delivery: ClaimedDelivery, claimedAt: number, waitMs: number): Promise<void> {
    const { clock, logger, leaseMs, requestMs } = this.#options;
    this.#options.changed(delivery.warningId);
    // After a long stall the lease may end during the request: leave it to the reaper, which asks before it sends.
    if (clock.now() - claimedAt > leaseMs - requestMs) return;
    const verdict = gate(delivery, clock.now());
    const { settlement, name } = !verdict.go
      ? { settlement: verdict.settlement, name: undefined }
      : waitMs > 0
        ? { settlement: afterBusyNumber(delivery, waitMs, clock.now()), name: undefined }
        : await this.#send(delivery);
    const settled = await this.#settle(delivery, settlement, claimedAt + leaseMs);
    if (!settled) logger.warn({ deliveryId: delivery.id, outcome: settlement.status }, 'lease lost before the answer could be kept');
    else this.#options.settled?.(delivery, settlement, name);
    this.#options.changed(delivery.warningId);
  }

  async #send(delivery: ClaimedDelivery): Promise<{ settlement: Settlement; name: string | undefined }> {
    const { drivers, circuits, clock, random, answered } = this.#options;
    const route = chooseRoute(delivery, drivers, ({ channel }) => circuits.get(channel.name)?.admit(clock.now()) ?? false);
    if ('suppressed' in route) {
      const message = 'A drill not declared real does not leave by a real provider.';
      return { settlement: { status: 'suppressed', error: { class: 'POLICY', code: route.suppressed, message } }, name: undefined };
    }
    if ('none' in route) return { settlement: afterNoWay(delivery, route.none, clock.now()), name: undefined };
    const { name } = route.driver.channel;
    this.#buckets.get(name)?.take(clock.now());
    const result = await this.#request(route.driver, delivery);
    answered(name, result);
    const ways = allowedDrivers(delivery, drivers).length;
    return { settlement: afterSend(delivery, name, result, random, clock.now(), ways), name };
  }

  async #request({ channel }: Driver, delivery: ClaimedDelivery): Promise<SendResult> {
    const { code, params, text } = delivery.template;
    const validitySeconds = Math.max(1, Math.round((delivery.deadline - this.#options.clock.now()) / 1000));
    const { outId, address: to, level, kind, exercise, warningId: warning, site } = delivery;
    const about = { level, kind, exercise, warning, site, earlier: delivery.history?.earlier };
    const message = { outId, to, template: { code, params, text }, validitySeconds, about };
    // Not AbortSignal.timeout: its timer, its place in the garbage collector's books and its exception cost as much as signing the request.
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), this.#options.requestMs);
    try {
      return await channel.send(message, limit.signal);
    } catch (error) {
      // A channel must not throw; if it does, nobody knows whether the message left.
      const why = redactPhones(error instanceof Error ? error.name : 'unknown error');
      return { ok: false, cls: 'UNKNOWN', code: 'channel-threw', message: why };
    } finally {
      clearTimeout(timer);
    }
  }

  /** The answer of a provider is worth keeping: tries until the lease ends, then the reaper has it. */
  async #settle(delivery: ClaimedDelivery, settlement: Settlement, leaseEnd: number): Promise<boolean> {
    const { outbox, owner, clock, storeAway } = this.#options;
    for (;;) {
      try {
        return await outbox.settle(delivery.id, owner, settlement);
      } catch (error) {
        storeAway(error);
        if (clock.now() >= leaseEnd) return false;
        await sleep(STORE_AWAY_MS, new AbortController().signal);
      }
    }
  }
}
