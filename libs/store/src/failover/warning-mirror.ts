import type { LedgerEntry, WarningStore } from '#libs/alert';
import type { ConsultationStore } from '#libs/consult';
import type { Consultation, WarningRecord } from '#libs/contracts';
import type { Sql } from '../sql/database.js';
import { StoreAway } from '../sql/errors.js';

const isOpen = ({ state }: WarningRecord): boolean => state === 'candidate' || state === 'confirmed';

/** Warnings that are open, the newest of each point, and the consultations of those that are open: what alert and the wall ask for. */
export class WarningMirror {
  readonly #open = new Map<string, WarningRecord>();
  readonly #newest = new Map<string, WarningRecord>();
  readonly #consultations = new Map<string, Consultation>();

  async load(sql: Sql, consultations: ConsultationStore): Promise<void> {
    const rows = await sql.query<{ record: WarningRecord }>(
      `select record from alert.warning where state in ('candidate', 'confirmed')
       union all
       (select distinct on (hazard_point) record from alert.warning order by hazard_point, opened_at desc, id desc)`,
    );
    for (const { record } of rows) this.#keep(record);
    for (const warning of this.open()) {
      const { items } = await consultations.list({ warning: warning.id, scope: '', limit: 10 });
      for (const consultation of items) this.keepConsultation(consultation);
    }
  }

  written(entry: LedgerEntry): void {
    for (const record of entry.warnings ?? []) this.#keep(record);
    for (const consultation of entry.consultations ?? []) this.keepConsultation(consultation);
  }

  keepConsultation(consultation: Consultation): void {
    const known = this.#consultations.get(consultation.id);
    if (!known || known.version <= consultation.version) this.#consultations.set(consultation.id, consultation);
  }

  open(): WarningRecord[] {
    return [...this.#open.values()].toSorted((a, b) => (a.openedAt < b.openedAt || (a.openedAt === b.openedAt && a.id < b.id) ? -1 : 1));
  }

  find(id: string): WarningRecord | undefined {
    return this.#open.get(id) ?? [...this.#newest.values()].find((record) => record.id === id);
  }

  newest(): WarningRecord[] {
    const open = new Map([...this.#open.values()].map((record) => [record.hazardPoint, record]));
    return [...this.#newest.values()].map((record) => open.get(record.hazardPoint) ?? record);
  }

  newestOf(hazardPoint: string): WarningRecord | undefined {
    return this.#newest.get(hazardPoint);
  }

  consultation(id: string): Consultation | undefined {
    return this.#consultations.get(id);
  }

  #keep(record: WarningRecord): void {
    const known = this.find(record.id);
    if (known && known.version > record.version) return;
    if (isOpen(record)) this.#open.set(record.id, record);
    else if (this.#open.delete(record.id))
      for (const [id, { warning }] of this.#consultations) if (warning === record.id) this.#consultations.delete(id);
    const newest = this.#newest.get(record.hazardPoint);
    if (!newest || newest.id === record.id || newest.openedAt <= record.openedAt) this.#newest.set(record.hazardPoint, record);
  }
}

/** Warnings, from the database or, when it can't be asked, from the mirror. */
export const mirroredWarnings = (
  database: WarningStore,
  mirror: WarningMirror,
  ask: <T>(database: () => Promise<T>, otherwise: () => T | undefined) => Promise<T>,
): WarningStore => ({
  open: () =>
    ask(
      () => database.open(),
      () => mirror.open(),
    ),
  // What the database had at the start and all that was written since: everything is written here.
  newest: () => Promise.resolve(mirror.newest()),
  find: (id) =>
    ask<WarningRecord | undefined>(
      () => database.find(id),
      () => mirror.find(id),
    ),
  timeline: (id) =>
    ask(
      () => database.timeline(id),
      () => undefined,
    ),
  published: (since, limit) =>
    ask(
      () => database.published(since, limit),
      () => undefined,
    ),
  list: (query) =>
    ask(
      () => database.list(query),
      () => {
        if (query.hazardPoint === undefined || query.limit !== 1 || query.cursor !== undefined || query.state !== undefined)
          return undefined;
        const newest = mirror.newestOf(query.hazardPoint);
        return { items: newest ? [newest] : [], nextCursor: null };
      },
    ),
});

/** Consultations, in the database; those of open warnings also without it, as alert asks whether a warning has one. */
export const mirroredConsultations = (
  consultations: ConsultationStore,
  mirror: WarningMirror,
  onJournal: () => boolean,
): ConsultationStore => ({
  list: (query) => consultations.list(query),
  addChat: (id, message) => consultations.addChat(id, message),
  async find(id) {
    if (onJournal()) return mirror.consultation(id);
    try {
      return await consultations.find(id);
    } catch (error) {
      if (!(error instanceof StoreAway)) throw error;
      return mirror.consultation(id);
    }
  },
  async save(consultation) {
    await consultations.save(consultation);
    mirror.keepConsultation(consultation);
  },
});
