import type { Ledger, LedgerEntry } from '#libs/alert';
import type { ChatMessage, Consultation, Page, PageQuery, WallEvent } from '#libs/contracts';
import { insideDivision, Problem } from '#libs/contracts';
import type { ConsultationStore } from '../ports.js';

/** The store and the ledger of consultations in memory, with the rules PostgreSQL keeps: versions rise, signed records stay. */
export class MemoryConsultations implements ConsultationStore, Ledger {
  readonly records = new Map<string, Consultation>();
  readonly entries: LedgerEntry[] = [];
  #seq = 0;

  find(id: string): Promise<Consultation | undefined> {
    return Promise.resolve(structuredClone(this.records.get(id)));
  }

  list(query: PageQuery & { warning?: string; scope: string }): Promise<Page<Consultation>> {
    const items = [...this.records.values()].filter(
      (one) => insideDivision(one.divisionCode, query.scope) && (query.warning === undefined || one.warning === query.warning),
    );
    return Promise.resolve({ items, nextCursor: null });
  }

  save(consultation: Consultation): Promise<void> {
    const stored = this.records.get(consultation.id);
    if (stored && stored.version + 1 !== consultation.version) throw new Problem('version-conflict', `version is ${stored.version}`);
    if (stored?.state === 'signed') throw new Problem('illegal-transition', 'signed');
    this.records.set(consultation.id, { ...structuredClone(consultation), chat: stored?.chat ?? consultation.chat });
    return Promise.resolve();
  }

  addChat(id: string, message: ChatMessage): Promise<void> {
    const stored = this.records.get(id);
    if (!stored) throw new Problem('not-found', id);
    stored.chat.push(message);
    return Promise.resolve();
  }

  async write(entry: LedgerEntry): Promise<readonly WallEvent[]> {
    for (const consultation of entry.consultations ?? []) await this.save(consultation);
    this.entries.push(entry);
    return (entry.events ?? []).map((draft) => ({ ...draft, seq: (this.#seq += 1) }));
  }
}
