import type { LedgerEntry } from '#libs/alert';
import {
  DAY,
  fromIso,
  type AckState,
  type Callout,
  type CalloutCounts,
  type CalloutParty,
  type Clock,
  type ReplyRecord,
} from '#libs/contracts';
import type { CalloutStore, WholeCallout } from '#libs/notify';

interface Entry {
  callout: Callout;
  parties: Map<string, CalloutParty>;
}

/** Call-outs somebody may still answer, and the replies since the start: calling those who are silent goes on without the database. */
export class CalloutMirror {
  readonly #entries = new Map<string, Entry>();
  #replies: ReplyRecord[] = [];

  constructor(private readonly clock: Clock) {}

  async load(store: Pick<CalloutStore, 'recent'>): Promise<void> {
    for (const { callout, parties } of await store.recent(this.clock.now() - DAY)) this.written({ callouts: [callout], parties });
  }

  written({ callouts = [], parties = [], replies = [] }: LedgerEntry): void {
    for (const callout of callouts) {
      const known = this.#entries.get(callout.id);
      if (!known) this.#entries.set(callout.id, { callout, parties: new Map() });
      else if (known.callout.version < callout.version) known.callout = callout;
    }
    for (const party of parties) {
      const of = this.#entries.get(party.calloutId)?.parties;
      if (of && (of.get(party.id)?.version ?? 0) < party.version) of.set(party.id, party);
    }
    if (callouts.length + replies.length === 0) return;
    const since = this.clock.now() - DAY;
    for (const [id, { callout }] of this.#entries)
      if (callout.endedAt !== null && fromIso(callout.startedAt) < since) this.#entries.delete(id);
    const fresh = replies.filter(({ id }) => !this.#replies.some((known) => known.id === id));
    this.#replies = [...this.#replies, ...fresh].filter(({ receivedAt }) => fromIso(receivedAt) > since);
  }

  all(): WholeCallout[] {
    return [...this.#entries.values()].map(({ callout, parties }) => ({ callout, parties: [...parties.values()] }));
  }

  ofWarning(warningId: string): WholeCallout[] {
    return this.all().filter(({ callout }) => callout.warningId === warningId);
  }

  get replies(): readonly ReplyRecord[] {
    return this.#replies;
  }
}

function countsOf(parties: readonly CalloutParty[]): CalloutCounts {
  const count = (ack: AckState): number => parties.filter((party) => party.ack === ack).length;
  const silent = count('none');
  const answers = { acknowledged: count('ack'), help: count('help'), safe: count('safe'), visited: count('visited') };
  return { total: parties.length, reached: parties.length - silent, ...answers, silent };
}

/** Call-outs, from the database or, when it can't be asked, those somebody may still answer. */
export const mirroredCallouts = (
  database: CalloutStore,
  mirror: CalloutMirror,
  ask: <T>(database: () => Promise<T>, otherwise: () => T | undefined) => Promise<T>,
): CalloutStore => ({
  recent: (since) =>
    ask(
      () => database.recent(since),
      () => mirror.all(),
    ),
  ofWarning: (warningId) =>
    ask(
      () => database.ofWarning(warningId),
      () => mirror.ofWarning(warningId),
    ),
  households: (warningId) =>
    ask(
      () => database.households(warningId),
      // Which messages arrived is in two places then: only who answered is said.
      () => {
        const newest = mirror.ofWarning(warningId).findLast(({ callout }) => callout.scope === 'public');
        return newest && countsOf(newest.parties);
      },
    ),
  replies: (warningId) =>
    ask(
      () => database.replies(warningId),
      () => mirror.replies.filter((reply) => reply.warningId === warningId),
    ),
  known: (ids) =>
    ask(
      () => database.known(ids),
      () => mirror.replies.flatMap(({ id }) => (ids.includes(id) ? [id] : [])),
    ),
  writtenBack: (since) =>
    ask(
      () => database.writtenBack(since),
      () => mirror.replies.flatMap(({ answered, from, receivedAt }) => (answered ? [{ phone: from, at: fromIso(receivedAt) }] : [])),
    ),
  deliveries: (warningId) => database.deliveries(warningId),
  listReplies: (query) => database.listReplies(query),
  deliveryOf: (outId) => database.deliveryOf(outId),
});
