import { DAY, fromIso, levelRank, normalPhone, type Callout, type CalloutParty, type CalloutPerson } from '#libs/contracts';
import type { WholeCallout } from './ports.js';

/** Longest after its beginning that a reply belongs to a call-out (notify.md §4.5). */
const ANSWERABLE_MS = DAY;

/** Somebody whose number it is. */
export interface Answering {
  callout: Callout;
  party: CalloutParty;
  person: CalloutPerson;
}

/** Everybody of one warning with that number: it may stand on two cards, and a monitor may live below the slope. The first one leads. */
export interface Match {
  answering: [Answering, ...Answering[]];
  /** The number is called for several warnings. */
  ambiguous: boolean;
}

interface Entry {
  callout: Callout;
  parties: Map<string, CalloutParty>;
}

/** Call-outs that somebody may still answer, in memory, found by the number that answers. It is what was committed, never ahead of it. */
export class CalloutBook {
  readonly #entries = new Map<string, Entry>();
  /** Number → call-out by party. */
  readonly #numbers = new Map<string, Map<string, string>>();

  /** Takes over what is stored; what is known in a newer version stays. */
  take({ callout, parties }: WholeCallout): void {
    this.keep(callout);
    for (const party of parties) this.keepParty(party);
  }

  keep(callout: Callout): void {
    const known = this.#entries.get(callout.id);
    if (!known) this.#entries.set(callout.id, { callout, parties: new Map() });
    else if (known.callout.version < callout.version) known.callout = callout;
  }

  keepParty(party: CalloutParty): void {
    const entry = this.#entries.get(party.calloutId);
    const known = entry?.parties.get(party.id);
    if (!entry || (known && known.version >= party.version)) return;
    entry.parties.set(party.id, party);
    if (known) return;
    for (const { phone } of party.people) {
      const of = this.#numbers.get(normalPhone(phone)) ?? new Map<string, string>();
      this.#numbers.set(normalPhone(phone), of.set(party.id, party.calloutId));
    }
  }

  callouts(): Callout[] {
    return [...this.#entries.values()].map(({ callout }) => callout);
  }

  running(): Callout[] {
    return this.callouts().filter(({ endedAt }) => endedAt === null);
  }

  ofWarning(warningId: string): Callout[] {
    return this.callouts().filter((callout) => callout.warningId === warningId);
  }

  callout(id: string): Callout | undefined {
    return this.#entries.get(id)?.callout;
  }

  parties(calloutId: string): CalloutParty[] {
    return [...(this.#entries.get(calloutId)?.parties.values() ?? [])];
  }

  party(calloutId: string, subject: string): CalloutParty | undefined {
    return this.parties(calloutId).find((party) => party.subject === subject);
  }

  /**
   * Whose phone it is. Of several warnings the one of the highest level, then the newest; one that has ended only when no other is running,
   * for a cry for help after the all-clear is one too.
   * @param isOf keeps to one call-out, where the provider says whose message was answered
   */
  match(phone: string, now: number, isOf: (callout: Callout) => boolean = () => true): Match | undefined {
    const number = normalPhone(phone);
    const found = [...(this.#numbers.get(number) ?? [])].flatMap(([partyId, calloutId]): Answering[] => {
      const entry = this.#entries.get(calloutId);
      const party = entry?.parties.get(partyId);
      const person = party?.people.find((one) => normalPhone(one.phone) === number);
      if (!entry || !party || !person || fromIso(entry.callout.startedAt) <= now - ANSWERABLE_MS || !isOf(entry.callout)) return [];
      return [{ callout: entry.callout, party, person }];
    });
    const running = found.filter(({ callout }) => callout.endedAt === null);
    const newestFirst = (a: Answering, b: Answering) => fromIso(b.callout.startedAt) - fromIso(a.callout.startedAt);
    const highestFirst = (a: Answering, b: Answering) => levelRank(b.callout.level) - levelRank(a.callout.level) || newestFirst(a, b);
    const [first] = running.length > 0 ? running.toSorted(highestFirst) : found.toSorted(newestFirst);
    if (!first) return undefined;
    const others = (running.length > 0 ? running : [first]).filter(
      (one) => one !== first && one.callout.warningId === first.callout.warningId,
    );
    return { answering: [first, ...others], ambiguous: new Set(running.map(({ callout }) => callout.warningId)).size > 1 };
  }

  /** Forgets what nobody answers any more. */
  forget(now: number): void {
    for (const [id, { callout, parties }] of this.#entries) {
      if (callout.endedAt === null || fromIso(callout.startedAt) > now - ANSWERABLE_MS) continue;
      this.#entries.delete(id);
      for (const { id: partyId, people } of parties.values())
        for (const { phone } of people) {
          const of = this.#numbers.get(normalPhone(phone));
          of?.delete(partyId);
          if (of?.size === 0) this.#numbers.delete(normalPhone(phone));
        }
    }
  }
}
