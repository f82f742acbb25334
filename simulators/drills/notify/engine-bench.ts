import { HOUR, MINUTE, type Clock, type DeliveryIntent, type DeliveryStatus, type WarningLevel } from '#libs/contracts';
import { Dispatcher, type Channel, type Outbox } from '#libs/notify';
import { createLogger } from '#libs/platform';
import { PATIENCE_MS, until } from '#libs/testing';
import { OutboxCounty } from '../../../bench/notify/county.js';

/** No pause of the machine is longer; the drill of a worker that is cut off gives it a shorter one. */
const LEASE_MS = 30_000;

/** A provider in memory, as fakes of libs/notify are: what it took can be counted. */
type Counted = Channel & { taken: readonly { message: { outId: string } }[] };

/** An outbox on a real PostgreSQL, and workers of the real engine on it (notify.md §6). */
export class EngineBench {
  readonly #running: Dispatcher[] = [];
  readonly #warnings = new Set<string>();
  #numbers = 0;

  private constructor(
    readonly county: OutboxCounty,
    private readonly passed: { ms: number },
  ) {}

  static async start(): Promise<EngineBench> {
    const passed = { ms: 0 };
    return new EngineBench(await OutboxCounty.start(() => passed.ms), passed);
  }

  /** Time passes on the station's clock, and no time in the world. */
  pass(ms: number): void {
    this.passed.ms += ms;
  }

  /** A release to households with numbers of their own, not yet written. */
  async planned(id: string, count: number, level: WarningLevel = 'red'): Promise<DeliveryIntent[]> {
    this.#warnings.add(id);
    return this.county.plan(id, level, count, (this.#numbers += 1_000));
  }

  /** The same, written. */
  async release(id: string, count: number, level: WarningLevel = 'red'): Promise<void> {
    await this.county.release(await this.planned(id, count, level));
  }

  workerOn(channels: readonly Channel[], over: Partial<{ outbox: Outbox; clock: Clock; leaseMs: number }> = {}): Dispatcher {
    const dispatcher = new Dispatcher({
      outbox: this.county.store.outbox,
      drivers: channels.map((channel) => ({ channel, simulated: true })),
      owner: `worker-${this.#running.length}-${this.#numbers}`,
      clock: this.county.clock,
      random: () => 0.5,
      logger: createLogger('silent'),
      changed: () => undefined,
      requestMs: 200,
      leaseMs: LEASE_MS,
      ...over,
    });
    this.#running.push(dispatcher);
    dispatcher.start();
    return dispatcher;
  }

  async counts(id: string): Promise<Partial<Record<DeliveryStatus, number>>> {
    return (await this.county.store.outbox.summary(id)).byStatus;
  }

  ended(id: string, status: DeliveryStatus, count: number): Promise<unknown> {
    return until(`${count} ${status} of ${id}`, PATIENCE_MS, async () => (await this.counts(id))[status] === count);
  }

  /** Ends the workers of one drill. */
  async settle(): Promise<void> {
    await Promise.all(this.#running.splice(0).map((dispatcher) => dispatcher.stop()));
  }

  /**
   * A day later, when every deadline is long over: what is still open, and what the audit of deliveries finds. A minute after its deadline
   * nothing may be (notify.md §6).
   */
  async left(): Promise<{ open: string[]; faults: unknown[] }> {
    this.pass(24 * HOUR);
    const { outbox, deliveryAudit } = this.county.store;
    while ((await outbox.reap()).expired > 0);
    this.pass(2 * MINUTE);
    const open = ['pending', 'sending', 'unknown', 'recon', 'accepted', 'sent'] as const;
    const left: string[] = [];
    for (const id of this.#warnings) {
      const counts = await this.counts(id);
      for (const status of open) if (counts[status]) left.push(`${id}: ${counts[status]} ${status}`);
    }
    return { open: left, faults: await deliveryAudit.faults(this.county.clock.now()) };
  }
}

/** Different messages these providers took. */
export const uniqueAt = (...channels: readonly Counted[]): number =>
  new Set(channels.flatMap(({ taken }) => taken.map(({ message }) => message.outId))).size;
/** Messages they took, each as often as it came. */
export const sentBy = (...channels: readonly Counted[]): number => channels.reduce((sum, { taken }) => sum + taken.length, 0);
