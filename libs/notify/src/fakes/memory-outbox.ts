import {
  addressHistory,
  alternativeAfter,
  deliveryRank,
  needsPerson,
  turnWait,
  type AckState,
  type CallWindow,
  type DeliveryChannel,
  type DeliveryIntent,
  type DeliveryStatus,
  type DeliverySummary,
} from '#libs/contracts';
import type { AwaitingReceipt, ClaimedDelivery, Outbox, Receipt, Reported, Settlement } from '../ports.js';
import { stepDelivery } from '../gate/state.js';

export interface MemoryDelivery {
  intent: DeliveryIntent;
  status: DeliveryStatus;
  ack: AckState;
  attempts: number;
  notBefore: number;
  leaseOwner: string | null;
  leaseUntil: number;
  provider: string | null;
  providerId: string | null;
  firstSentAt: number | null;
  error: Settlement['error'] | null;
  superseded: boolean;
}

/** A sent message with no receipt this long after its deadline is over (ports.ts, `reap`). */
const RECEIPT_GRACE_MS = 30_000;

/** The outbox in memory, for tests: same port, same conformance table, time by the clock handed in. */
export class MemoryOutbox implements Outbox {
  readonly deliveries = new Map<string, MemoryDelivery>();
  /** Calls made, by number. */
  readonly calls = new Map<string, number[]>();
  readonly #orphans = new Set<Receipt>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Stands for the ledger: intents already known are left alone. */
  add(intents: readonly DeliveryIntent[]): void {
    for (const intent of intents)
      if (!this.deliveries.has(intent.id))
        this.deliveries.set(intent.id, {
          intent,
          status: 'pending',
          ack: 'none',
          attempts: 0,
          notBefore: intent.notBefore,
          leaseOwner: null,
          leaseUntil: 0,
          provider: null,
          providerId: null,
          firstSentAt: null,
          error: null,
          superseded: false,
        });
  }

  /** Stands for the ledger: what is not under way is cancelled, what is will not be tried again. */
  supersede(warningId: string, beforeVersion: number): void {
    for (const one of this.deliveries.values()) {
      if (one.intent.warningId !== warningId || one.intent.scope !== 'public' || one.intent.version >= beforeVersion) continue;
      one.superseded = true;
      if (one.status === 'pending') one.status = 'cancelled';
    }
  }

  async claim(owner: string, limit: number, leaseMs: number, maxPriority = 3, channel?: DeliveryChannel): Promise<ClaimedDelivery[]> {
    const wanted = ({ intent }: MemoryDelivery) =>
      intent.priority <= maxPriority && intent.deadline > this.#now() && (channel === undefined || intent.channel === channel);
    const all = [...this.deliveries.values()].map(({ intent, status, firstSentAt }) => ({ intent, status, at: firstSentAt }));
    // As on PostgreSQL: what is claimed together does not see one another.
    const due = this.#due(['pending'], limit, wanted).map((one) => ({ one, history: addressHistory(one.intent, all, this.#now()) }));
    return due.map(({ one, history }) => {
      one.attempts += 1;
      one.provider = null;
      one.firstSentAt ??= this.#now();
      return { ...this.#lease(one, owner, leaseMs, 'sending'), history };
    });
  }

  async takeTurns(calls: readonly Pick<ClaimedDelivery, 'id' | 'address'>[], windows: readonly CallWindow[]): Promise<number[]> {
    return calls.map(({ address }) => {
      const earlier = this.calls.get(address) ?? [];
      const wait = turnWait(earlier, windows, this.#now());
      if (wait === 0) this.calls.set(address, [...earlier, this.#now()]);
      return wait;
    });
  }

  async claimUnknown(owner: string, limit: number, leaseMs: number): Promise<ClaimedDelivery[]> {
    return this.#due(['unknown'], limit).map((one) => this.#lease(one, owner, leaseMs, 'recon'));
  }

  async settle(id: string, owner: string, settlement: Settlement): Promise<boolean> {
    const one = this.deliveries.get(id);
    if (!one || one.leaseOwner !== owner || (one.status !== 'sending' && one.status !== 'recon')) return false;
    one.status = settlement.status === 'pending' && one.superseded ? 'cancelled' : settlement.status;
    one.leaseOwner = null;
    one.provider = settlement.provider ?? one.provider;
    one.providerId = settlement.providerId ?? one.providerId;
    one.error = settlement.error ?? null;
    if (settlement.unsent) {
      one.attempts -= 1;
      if (one.attempts === 0) one.firstSentAt = null;
    }
    if (settlement.instead && !one.superseded) this.add([settlement.instead]);
    if (settlement.delayMs !== undefined) one.notBefore = this.#now() + settlement.delayMs;
    return true;
  }

  async receive(receipt: Receipt): Promise<Reported | undefined> {
    const one = this.#find(receipt);
    if (!one) {
      this.#orphans.add(receipt);
      return undefined;
    }
    const { id: deliveryId, warningId, exercise } = one.intent;
    const reported = { deliveryId, warningId, exercise };
    const failed = receipt.status === 'failed';
    const stale =
      one.superseded ||
      [...this.deliveries.values()].some(
        ({ intent }) =>
          intent.warningId === one.intent.warningId && intent.scope === one.intent.scope && intent.version > one.intent.version,
      );
    const step = stepDelivery(one.status, failed ? 'receipt-failed' : 'receipt-delivered');
    if (!('to' in step) || deliveryRank[step.to] <= deliveryRank[one.status]) return reported;
    const instead = failed && !stale ? alternativeAfter(one.intent, receipt.errorClass ?? 'UNREACHED', this.#now()) : undefined;
    one.status = failed && !stale && !instead && needsPerson(one.intent) ? 'manual_task' : step.to;
    one.leaseOwner = null;
    one.provider = receipt.provider;
    if (instead) this.add([instead]);
    if (!failed)
      for (const other of this.deliveries.values())
        if (other !== one && other.status === 'pending' && other.intent.insteadOf === (one.intent.insteadOf ?? one.intent.id))
          other.status = 'cancelled';
    return reported;
  }

  async acknowledge(deliveryId: string, ack: AckState): Promise<void> {
    const one = this.deliveries.get(deliveryId);
    if (one) one.ack = ack;
  }

  async awaitingReceipt(limit: number, againMs: { red: number; other: number }): Promise<AwaitingReceipt[]> {
    const due = this.#due(['accepted', 'sent'], limit, ({ intent }) => intent.deadline > this.#now());
    return due.map((one) => {
      one.notBefore = this.#now() + (one.intent.priority === 0 ? againMs.red : againMs.other);
      const { id, warningId, outId, address, priority, deadline, createdAt } = one.intent;
      const { provider, providerId, firstSentAt } = one;
      return {
        id,
        warningId,
        outId,
        address,
        priority,
        deadline,
        provider: provider ?? '',
        providerId,
        firstSentAt: firstSentAt ?? createdAt,
      };
    });
  }

  async summary(warningId: string): Promise<DeliverySummary> {
    const own = [...this.deliveries.values()].filter(({ intent }) => intent.warningId === warningId);
    const byStatus: DeliverySummary['byStatus'] = {};
    for (const { status } of own) byStatus[status] = (byStatus[status] ?? 0) + 1;
    return { warning: warningId, total: own.length, byStatus, acknowledged: own.filter(({ ack }) => ack !== 'none').length };
  }

  async reap(): Promise<{ unknown: number; expired: number; warnings: string[] }> {
    const warnings = new Set<string>();
    const counts = { unknown: 0, expired: 0 };
    const now = this.#now();
    for (const one of this.deliveries.values()) {
      const { status, intent } = one;
      const leased = status === 'sending' || status === 'recon';
      const sent = status === 'accepted' || status === 'sent';
      if (leased && one.leaseUntil <= now) {
        Object.assign(one, { status: 'unknown', leaseOwner: null, notBefore: now });
        counts.unknown += 1;
        warnings.add(intent.warningId);
      } else if ((status === 'pending' && intent.deadline <= now) || (sent && intent.deadline + RECEIPT_GRACE_MS <= now)) {
        one.status = status === 'pending' && needsPerson(intent) ? 'manual_task' : 'expired';
        counts.expired += 1;
        warnings.add(intent.warningId);
      }
    }
    for (const orphan of this.#orphans) {
      const found = this.#find(orphan) && (await this.receive(orphan));
      if (!found) continue;
      this.#orphans.delete(orphan);
      warnings.add(found.warningId);
    }
    return { ...counts, warnings: [...warnings] };
  }

  async abandon(ownerPrefix: string): Promise<number> {
    const left = [...this.deliveries.values()].filter(
      ({ status, leaseOwner }) => (status === 'sending' || status === 'recon') && (leaseOwner ?? '').startsWith(ownerPrefix),
    );
    for (const one of left) one.leaseUntil = this.#now();
    return left.length;
  }

  #find(receipt: Receipt): MemoryDelivery | undefined {
    return [...this.deliveries.values()].find(
      ({ intent, provider, providerId }) =>
        (receipt.outId !== undefined && intent.outId === receipt.outId) ||
        (receipt.providerId !== undefined && providerId === receipt.providerId && provider === receipt.provider),
    );
  }

  #due(statuses: readonly DeliveryStatus[], limit: number, also: (one: MemoryDelivery) => boolean = () => true): MemoryDelivery[] {
    const now = this.#now();
    return [...this.deliveries.values()]
      .filter((one) => statuses.includes(one.status) && (one.notBefore <= now || one.notBefore === one.intent.createdAt) && also(one))
      .toSorted((a, b) => a.intent.priority - b.intent.priority || a.notBefore - b.notBefore || (a.intent.id < b.intent.id ? -1 : 1))
      .slice(0, limit);
  }

  #lease(one: MemoryDelivery, owner: string, leaseMs: number, status: 'sending' | 'recon'): ClaimedDelivery {
    Object.assign(one, { status, leaseOwner: owner, leaseUntil: this.#now() + leaseMs });
    const { intent, attempts, provider, providerId, firstSentAt } = one;
    return { ...intent, attempts, status, provider, providerId, firstSentAt };
  }
}
