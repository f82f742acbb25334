import {
  addressHistory,
  alternativeAfter,
  needsPerson,
  normalPhone,
  turnWait,
  type Clock,
  type DeliveryIntent,
  type DeliverySummary,
} from '#libs/contracts';
import type { ClaimedDelivery, Outbox, Receipt } from '#libs/notify';
import { redactPhones } from '#libs/platform';
import { aged, answered, isLeased, leased, received, settled, type DeliveryState } from './delivery-state.js';
import type { BookedDelivery, JournalRecords, Step } from './records.js';

/** As `ORPHAN_MINUTES` of ../outbox-receipt.ts. */
const ORPHAN_MS = 10 * 60_000;

/**
 * The outbox while the database is away: red and orange only. One process has the journal, so its own clock is the only
 * one. A claim is on disk before the message goes out: after SIGKILL it is known that it may have gone.
 */
export function journalOutbox(records: JournalRecords, clock: Clock): Outbox {
  const all = (): BookedDelivery[] => [...records.deliveries.values()];
  const write = async (steps: readonly Step[]): Promise<void> => {
    if (steps.length > 0) await records.write({ kind: 'steps', steps: [...steps] });
  };
  const stepOf = ({ intent, state }: BookedDelivery, to: DeliveryState, source: Step['source']): Step => ({
    id: intent.id,
    from: state.status,
    to,
    source,
    at: clock.now(),
  });
  const find = ({ outId, provider, providerId }: Receipt): BookedDelivery | undefined =>
    all().find(({ intent }) => outId !== undefined && intent.outId === outId) ??
    all().find(({ state }) => providerId !== undefined && state.provider === provider && state.providerId === providerId);

  const lease = (
    wanted: (delivery: BookedDelivery, now: number) => boolean,
    status: 'sending' | 'recon',
    owner: string,
    limit: number,
    leaseMs: number,
  ) =>
    records.inTurn(async () => {
      const now = clock.now();
      const due = inOrder(all().filter((delivery) => wanted(delivery, now))).slice(0, limit);
      await write(due.map((delivery) => stepOf(delivery, leased(delivery.state, status, owner, leaseMs, now), 'worker')));
      return due.map((delivery) => claimedOf(delivery, status));
    });

  /** A way that takes the place of one that failed is an intent like any other: an entry of its own. */
  const bring = (intent: DeliveryIntent): Promise<void> => records.write({ kind: 'entry', entry: { deliveries: [intent] }, events: [] });

  /** What a receipt changes, its consequences included; undefined when it says less than is known. */
  const applied = (delivery: BookedDelivery, receipt: Receipt): { steps: Step[]; instead?: DeliveryIntent } | undefined => {
    const { intent, state } = delivery;
    const stale =
      state.superseded ||
      all().some(({ intent: one }) => one.warningId === intent.warningId && one.scope === intent.scope && one.version > intent.version);
    const failed = receipt.status === 'failed';
    const instead = failed && !stale ? alternativeAfter(intent, receipt.errorClass ?? 'UNREACHED', clock.now()) : undefined;
    const raised = received(state, receipt, instead || stale || !needsPerson(intent) ? 'failed_perm' : 'manual_task');
    if (!raised) return undefined;
    const root = intent.insteadOf ?? intent.id;
    const open = failed ? [] : all().filter((one) => one.intent.insteadOf === root && one !== delivery && one.state.status === 'pending');
    const cancelled = open.map((one) => stepOf(one, { ...one.state, status: 'cancelled' }, 'callback'));
    return { steps: [stepOf(delivery, raised, 'callback'), ...cancelled], instead };
  };

  return {
    claim: async (owner, limit, leaseMs, maxPriority = 9, channel) => {
      const claimed = await lease(
        ({ intent, state }, now) =>
          state.status === 'pending' &&
          (state.notBefore <= now || state.notBefore === intent.createdAt) &&
          intent.deadline > now &&
          intent.priority <= maxPriority &&
          (channel === undefined || intent.channel === channel),
        'sending',
        owner,
        limit,
        leaseMs,
      );
      const numbers = new Set(claimed.map(({ address }) => normalPhone(address)));
      // Not what was claimed together with it: two of a kind would each give way to the other.
      const together = new Set(claimed.map(({ id }) => id));
      const sent = all().flatMap(({ intent, state: { status, sendingAt } }) =>
        sendingAt === null || together.has(intent.id) || !numbers.has(normalPhone(intent.address))
          ? []
          : [{ intent, status, at: sendingAt }],
      );
      return claimed.map((one) => ({ ...one, history: addressHistory(one, sent, clock.now()) }));
    },

    takeTurns: (calls, windows) =>
      records.inTurn(async () => {
        const now = clock.now();
        const waits: number[] = [];
        for (const { id, address } of calls) {
          const wait = turnWait(records.calls.get(normalPhone(address)) ?? [], windows, now);
          if (wait === 0) await records.write({ kind: 'turns', turns: [{ id, address, at: now }] });
          waits.push(wait);
        }
        return waits;
      }),

    claimUnknown: (owner, limit, leaseMs) =>
      lease(
        ({ state }, now) => (state.status === 'unknown' && state.notBefore <= now) || (isLeased(state) && (state.leaseUntil ?? 0) <= now),
        'recon',
        owner,
        limit,
        leaseMs,
      ),

    settle: (id, owner, settlement) =>
      records.inTurn(async () => {
        const delivery = records.deliveries.get(id);
        if (!delivery || !isLeased(delivery.state) || delivery.state.leaseOwner !== owner) return false;
        const error = settlement.error && { ...settlement.error, message: redactPhones(settlement.error.message) };
        const source = delivery.state.status === 'recon' ? 'poller' : 'worker';
        if (settlement.instead && !delivery.state.superseded) await bring(settlement.instead);
        await write([stepOf(delivery, settled(delivery.state, { ...settlement, error }, clock.now()), source)]);
        return true;
      }),

    receive: (receipt) =>
      records.inTurn(async () => {
        const delivery = find(receipt);
        if (!delivery) {
          await records.write({ kind: 'orphan', receipt, receivedAt: clock.now() });
          return undefined;
        }
        const change = applied(delivery, receipt);
        if (change?.instead) await bring(change.instead);
        await write(change?.steps ?? []);
        const { id: deliveryId, warningId, exercise } = delivery.intent;
        return { deliveryId, warningId, exercise };
      }),

    acknowledge: (id, ack, at) =>
      records.inTurn(async () => {
        const delivery = records.deliveries.get(id);
        const state = delivery && answered(delivery.state, ack, at);
        if (delivery && state) await write([stepOf(delivery, state, 'operator')]);
      }),

    awaitingReceipt: (limit, againMs) =>
      records.inTurn(async () => {
        const now = clock.now();
        const due = inOrder(
          all().filter(({ intent, state }) => {
            const sent = state.status === 'accepted' || state.status === 'sent';
            return sent && state.provider !== null && state.notBefore <= now && intent.deadline > now;
          }),
        ).slice(0, limit);
        // Whose turn it is to be asked about is not worth the disk: after a restart it is asked a little earlier.
        for (const { intent, state } of due) state.notBefore = now + (intent.priority === 0 ? againMs.red : againMs.other);
        return due.map(({ intent, state }) => ({
          id: intent.id,
          warningId: intent.warningId,
          outId: intent.outId,
          address: intent.address,
          priority: intent.priority,
          provider: state.provider ?? '',
          providerId: state.providerId,
          firstSentAt: state.sendingAt ?? intent.createdAt,
          deadline: intent.deadline,
        }));
      }),

    summary: (warning) =>
      Promise.resolve(
        summaryOf(
          warning,
          all().filter(({ intent }) => intent.warningId === warning),
        ),
      ),

    reap: () =>
      records.inTurn(async () => {
        const now = clock.now();
        const steps = all().flatMap((delivery) => {
          const state = aged(delivery.state, delivery.intent, now);
          return state ? [stepOf(delivery, state, 'reaper')] : [];
        });
        const matched: Step[] = [];
        for (const orphan of records.orphans.splice(0)) {
          const delivery = find(orphan.receipt);
          const change = delivery && applied(delivery, orphan.receipt);
          if (change?.instead) await bring(change.instead);
          if (change) matched.push(...change.steps);
          else if (!delivery && now - orphan.receivedAt < ORPHAN_MS) records.orphans.push(orphan);
        }
        await write([...steps, ...matched]);
        const warnings = [...steps, ...matched].map(({ id }) => records.deliveries.get(id)?.intent.warningId ?? '');
        const unknown = steps.filter(({ to }) => to.status === 'unknown').length;
        return { unknown, expired: steps.length - unknown, warnings: [...new Set(warnings)] };
      }),

    abandon: (ownerPrefix) =>
      records.inTurn(() => {
        const left = all().filter(({ state }) => isLeased(state) && (state.leaseOwner ?? '').startsWith(ownerPrefix));
        // Not worth the disk: after another restart they are abandoned again.
        for (const { state } of left) state.leaseUntil = clock.now();
        return Promise.resolve(left.length);
      }),
  };
}

/** Red first, then what has been due longest, then by id. */
const inOrder = (deliveries: readonly BookedDelivery[]): BookedDelivery[] =>
  [...deliveries].sort(
    (a, b) => a.intent.priority - b.intent.priority || a.state.notBefore - b.state.notBefore || (a.intent.id < b.intent.id ? -1 : 1),
  );

const claimedOf = ({ intent, state }: BookedDelivery, status: 'sending' | 'recon'): ClaimedDelivery => ({
  ...intent,
  notBefore: state.notBefore,
  attempts: state.attempts,
  status,
  provider: state.provider,
  providerId: state.providerId,
  firstSentAt: state.sendingAt,
});

function summaryOf(warning: string, deliveries: readonly BookedDelivery[]): DeliverySummary {
  const byStatus: DeliverySummary['byStatus'] = {};
  for (const { state } of deliveries) byStatus[state.status] = (byStatus[state.status] ?? 0) + 1;
  return { warning, total: deliveries.length, byStatus, acknowledged: deliveries.filter(({ state }) => state.ack !== 'none').length };
}
