import type { LedgerEntry } from '#libs/alert';
import type { Clock, DeliveryIntent } from '#libs/contracts';
import type { Outbox } from '#libs/notify';
import type { DataKey } from '#libs/platform';
import { at, type Sql } from '../database.js';
import { intentOf, type DeliveryRow } from '../delivery-row.js';
import { fresh, isTo, leased, repliedTo, settled, withdrawn, type DeliveryState } from '../journal/delivery-state.js';
import { LOWEST_PRIORITY, type BookedDelivery } from '../journal/records.js';

/** A delivery whose deadline is this long over is of no use to anybody, ms. */
const STALE_MS = 60_000;
const unfinished = new Set(['pending', 'sending', 'unknown', 'recon']);

/**
 * Red and orange deliveries the database holds that are not yet with a provider, as this station left them: what it must go on with when
 * the database goes away between writing a warning and sending it.
 */
export class DeliveryMirror {
  readonly #deliveries = new Map<string, BookedDelivery>();

  constructor(
    private readonly key: DataKey,
    private readonly clock: Clock,
  ) {}

  /** What an earlier run left unfinished. */
  async load(sql: Sql): Promise<void> {
    const rows = await sql.query<DeliveryRow & { superseded: boolean; lease_owner: string | null; lease_until: number | null }>(
      `select * from notify.delivery where priority <= $1 and status in ('pending', 'sending', 'unknown', 'recon') and deadline > $2`,
      [LOWEST_PRIORITY, at(this.clock.now())],
    );
    this.#deliveries.clear();
    for (const row of rows) {
      const intent = intentOf(this.key, row);
      const state: DeliveryState = {
        ...fresh(intent),
        status: row.status,
        superseded: row.superseded,
        attempts: row.attempts,
        notBefore: row.not_before,
        leaseOwner: row.lease_owner,
        leaseUntil: row.lease_until,
        provider: row.provider,
        providerId: row.provider_id,
        error: row.error,
        sendingAt: row.sending_at,
      };
      this.#deliveries.set(intent.id, { intent, state });
    }
  }

  /** An entry was committed: superseding first, as in ../ledger-write.ts. */
  committed(entry: LedgerEntry): void {
    for (const { warningId, scope, beforeVersion } of entry.supersede ?? [])
      for (const { intent, state } of this.#deliveries.values())
        if (intent.warningId === warningId && intent.scope === scope && intent.version < beforeVersion)
          this.#keep(intent, withdrawn(state) ?? state);
    for (const answer of entry.answered ?? [])
      for (const { intent, state } of this.#deliveries.values())
        if (isTo(intent, answer)) this.#keep(intent, repliedTo(state, intent.step, answer));
    for (const intent of entry.deliveries ?? [])
      if (intent.priority <= LOWEST_PRIORITY && !this.#deliveries.has(intent.id)) this.#keep(intent, fresh(intent));
  }

  /** Takes over how the journal left them: the database has them again. */
  takeOver(deliveries: Iterable<BookedDelivery>): void {
    this.#deliveries.clear();
    for (const { intent, state } of deliveries) this.#keep(intent, state);
  }

  /** What is unfinished now. */
  unfinished(): BookedDelivery[] {
    const now = this.clock.now();
    for (const { intent } of this.#deliveries.values()) if (intent.deadline + STALE_MS < now) this.#deliveries.delete(intent.id);
    return [...this.#deliveries.values()];
  }

  /** The outbox of the database, with an eye on what this station takes from it and how that ends. */
  follow(outbox: Outbox): Outbox {
    const took = (status: 'sending' | 'recon', owner: string, leaseMs: number, claimed: readonly DeliveryIntent[]): void => {
      for (const { id } of claimed) this.#move(id, (state) => leased(state, status, owner, leaseMs, this.clock.now()));
    };
    return {
      ...outbox,
      claim: async (owner, limit, leaseMs, ...which) => {
        const claimed = await outbox.claim(owner, limit, leaseMs, ...which);
        took('sending', owner, leaseMs, claimed);
        return claimed;
      },
      claimUnknown: async (owner, limit, leaseMs) => {
        const claimed = await outbox.claimUnknown(owner, limit, leaseMs);
        took('recon', owner, leaseMs, claimed);
        return claimed;
      },
      settle: async (id, owner, settlement) => {
        const kept = await outbox.settle(id, owner, settlement);
        const superseded = this.#deliveries.get(id)?.state.superseded ?? false;
        if (kept) this.#move(id, (state) => settled(state, settlement, this.clock.now()));
        if (kept && settlement.instead && !superseded) this.committed({ deliveries: [settlement.instead] });
        return kept;
      },
      receive: async (receipt) => {
        const known = await outbox.receive(receipt);
        if (known) this.#deliveries.delete(known.deliveryId);
        return known;
      },
      reap: async () => {
        const reaped = await outbox.reap();
        this.unfinished();
        return reaped;
      },
    };
  }

  #move(id: string, change: (state: DeliveryState) => DeliveryState): void {
    const known = this.#deliveries.get(id);
    if (known) this.#keep(known.intent, change(known.state));
  }

  #keep(intent: DeliveryIntent, state: DeliveryState): void {
    if (unfinished.has(state.status)) this.#deliveries.set(intent.id, { intent, state });
    else this.#deliveries.delete(intent.id);
  }
}
