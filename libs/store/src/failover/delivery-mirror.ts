import type { LedgerEntry } from '#libs/alert';
import { alternativeAfter, type Clock, type DeliveryIntent } from '#libs/contracts';
import type { Outbox, Receipt } from '#libs/notify';
import type { DataKey } from '#libs/platform';
import { at, type Sql } from '../sql/database.js';
import { intentOf, type DeliveryRow } from '../outbox/delivery-row.js';
import { answered, fresh, isTo, leased, repliedTo, settled, withdrawn, type DeliveryState } from '../journal/delivery-state.js';
import { LOWEST_PRIORITY, type BookedDelivery } from '../journal/records.js';

type MirroredRow = DeliveryRow & { superseded: boolean; lease_owner: string | null; lease_until: number | null; ack_at: number | null };

/** A delivery whose deadline is this long over is of no use to anybody, ms. */
const STALE_MS = 60_000;
const unfinished = new Set(['pending', 'sending', 'unknown', 'recon', 'accepted', 'sent']);

/**
 * Red and orange deliveries the database holds that have not ended, as this station left them: what it must go on with when the database goes away
 * between writing a warning and hearing that it arrived. A message whose failure is reported then is followed by the next way at once.
 */
export class DeliveryMirror {
  readonly #deliveries = new Map<string, BookedDelivery>();

  constructor(
    private readonly key: DataKey,
    private readonly clock: Clock,
  ) {}

  /** What an earlier run left unfinished. */
  async load(sql: Sql): Promise<void> {
    const rows = await sql.query<MirroredRow>(
      // One branch for each partial index: together they are what is open.
      `with open as (
         select * from notify.delivery where status = 'pending'
         union all select * from notify.delivery where status = 'unknown'
         union all select * from notify.delivery where status in ('sending', 'recon')
         union all select * from notify.delivery where status in ('accepted', 'sent')
       )
       select * from open o where priority <= $1 and deadline > $2
          and not (status in ('accepted', 'sent') and exists (
            select from notify.delivery n where n.warning_id = o.warning_id and n.scope = o.scope and n.version > o.version))`,
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
        ack: row.ack,
        ackAt: row.ack_at,
        sendingAt: row.sending_at,
        acceptedAt: row.accepted_at,
      };
      this.#deliveries.set(intent.id, { intent, state });
    }
  }

  /** An entry was committed: superseding first, as in ../ledger-write.ts. */
  committed(entry: LedgerEntry): void {
    for (const { warningId, scope, beforeVersion } of entry.supersede ?? [])
      for (const { intent, state } of this.#deliveries.values())
        if (intent.warningId === warningId && intent.scope === scope && intent.version < beforeVersion) this.#withdraw(intent, state);
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
        if (known) this.#reported(known.deliveryId, receipt);
        return known;
      },
      acknowledge: async (id, ack, ackAt) => {
        await outbox.acknowledge(id, ack, ackAt);
        this.#move(id, (state) => answered(state, ack, ackAt) ?? state);
      },
      reap: async () => {
        const reaped = await outbox.reap();
        this.unfinished();
        return reaped;
      },
    };
  }

  /** As `apply` of ../outbox/outbox-receipt.ts: a failure brings the next way, a success calls off what waits in its place. */
  #reported(id: string, { status, errorClass }: Receipt): void {
    const reported = this.#deliveries.get(id);
    this.#deliveries.delete(id);
    if (!reported) return;
    const { intent, state } = reported;
    if (status === 'failed') {
      const instead = state.superseded ? undefined : alternativeAfter(intent, errorClass ?? 'UNREACHED', this.clock.now());
      if (instead) this.committed({ deliveries: [instead] });
      return;
    }
    const root = intent.insteadOf ?? id;
    for (const { intent: other, state: its } of this.#deliveries.values())
      if (other.insteadOf === root && its.status === 'pending') this.#deliveries.delete(other.id);
  }

  /** What is with the provider may arrive; nothing is sent in its place any more, so that its receipt can wait for the database. */
  #withdraw(intent: DeliveryIntent, state: DeliveryState): void {
    if (state.status === 'accepted' || state.status === 'sent') this.#deliveries.delete(intent.id);
    else this.#keep(intent, withdrawn(state) ?? state);
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
