import type { DeliveryIntent, DeliveryStatus } from '#libs/contracts';
import { anIntent } from '../fakes/intents.js';
import type { ClaimedDelivery, Outbox, Receipt } from '../ports.js';

/** What the table needs of an outbox under test. Leases and delays run on its own clock, which is the real one. */
export interface OutboxUnderTest {
  outbox: Outbox;
  /** As the ledger writes intents. */
  add(intents: readonly DeliveryIntent[]): Promise<void>;
  /** As the ledger supersedes: versions of the warning's public scope before this one. */
  supersede(warningId: string, beforeVersion: number): Promise<void>;
  close(): Promise<void>;
}

/** Long enough to settle in; a test that waits for it to run out waits `LAPSE_MS`. */
export const LEASE_MS = 60_000;
export const SHORT_LEASE_MS = 40;
export const LAPSE_MS = 90;
export const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

export const delivered = (outId: string, over: Partial<Receipt> = {}): Receipt => ({
  outId,
  provider: 'alicloud',
  status: 'delivered',
  code: 'DELIVERED',
  at: Date.now(),
  ...over,
});

let count = 0;

/** One outbox for all tests of the table, with what they do to it over and over. */
export class OutboxBench {
  #test: OutboxUnderTest | undefined;

  begin(test: OutboxUnderTest): void {
    this.#test = test;
  }

  get outbox(): Outbox {
    return this.#under.outbox;
  }

  add(intents: readonly DeliveryIntent[]): Promise<void> {
    return this.#under.add(intents);
  }

  supersede(warningId: string, beforeVersion: number): Promise<void> {
    return this.#under.supersede(warningId, beforeVersion);
  }

  async end(): Promise<void> {
    await this.#test?.close();
  }

  /** A number no other test has. */
  next(): number {
    return (count += 1);
  }

  /** An intent of its own warning, due now, red; not yet written. */
  intent(over: Partial<DeliveryIntent> = {}): DeliveryIntent {
    const name = `${process.pid.toString(36)}${this.next().toString(36)}`;
    const now = Date.now();
    return anIntent(`delivery-${name}`, now - 1_000, {
      outId: `d${name}`,
      warningId: `warning-${name}`,
      recipient: `household:${name}:householder`,
      address: '13900000001',
      template: { code: 'SMS_1', params: { place: '石碑村' }, text: '【望山县】石碑村红色预警', parts: 1 },
      deadline: now + 600_000,
      ...over,
    });
  }

  /** The same, written. */
  async one(over: Partial<DeliveryIntent> = {}): Promise<DeliveryIntent> {
    const made = this.intent(over);
    await this.add([made]);
    return made;
  }

  async statusOf({ warningId }: DeliveryIntent): Promise<DeliveryStatus[]> {
    const { byStatus } = await this.outbox.summary(warningId);
    return Object.keys(byStatus) as DeliveryStatus[];
  }

  /** Claims everything due and gives back this one; the others are settled, so that tests don't meet. */
  async claimed(wanted: DeliveryIntent, owner: string, leaseMs = LEASE_MS): Promise<ClaimedDelivery | undefined> {
    const all = await this.outbox.claim(owner, 1_000, leaseMs);
    for (const other of all) if (other.id !== wanted.id) await this.outbox.settle(other.id, owner, { status: 'suppressed' });
    return all.find(({ id }) => id === wanted.id);
  }

  /** What earlier tests left open is ended, so that each meets only its own. */
  async sweep(): Promise<void> {
    await this.outbox.reap();
    for (const { id } of await this.outbox.claim('sweep', 1_000, LEASE_MS)) await this.outbox.settle(id, 'sweep', { status: 'suppressed' });
    for (const { outId } of await this.outbox.awaitingReceipt(1_000, { red: 0, other: 0 })) await this.outbox.receive(delivered(outId));
  }

  get #under(): OutboxUnderTest {
    if (!this.#test) throw new Error('there is no outbox yet: ask within a test');
    return this.#test;
  }
}
