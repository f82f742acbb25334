import type { LedgerEntry } from '#libs/alert';
import type { Consultation, Task, TimelineEntry, WallEvent, WarningRecord, WorkCard, HouseholdCard } from '#libs/contracts';
import type { AlertStore } from '../alert.service.js';

const unused = (): never => {
  throw new Error('the alert stage does not call this');
};

/** What the alert stage needs of the store, in memory, with the ledger's rules: versions only rise, an id is written once. */
export class MemoryStore implements AlertStore {
  readonly entries: LedgerEntry[] = [];
  readonly records = new Map<string, WarningRecord>();
  readonly rooms = new Map<string, Consultation>();
  readonly taskRows = new Map<string, Task>();
  readonly deliveryIds = new Set<string>();
  readonly eventLog: WallEvent[] = [];
  readonly lines: (TimelineEntry & { warningId: string })[] = [];
  cardsOfPoint: { workCards: WorkCard[]; householdCards: HouseholdCard[] } = { workCards: [], householdCards: [] };
  /** Writes that fail before one works again. */
  failures = 0;

  ledger = {
    write: async (entry: LedgerEntry): Promise<readonly WallEvent[]> => {
      await Promise.resolve();
      if (this.failures > 0) {
        this.failures -= 1;
        throw new Error('connection refused');
      }
      this.entries.push(entry);
      for (const record of entry.warnings ?? [])
        if ((this.records.get(record.id)?.version ?? 0) < record.version) this.records.set(record.id, record);
      for (const room of entry.consultations ?? [])
        if ((this.rooms.get(room.id)?.version ?? 0) < room.version) this.rooms.set(room.id, room);
      for (const task of entry.tasks ?? []) if ((this.taskRows.get(task.id)?.version ?? 0) < task.version) this.taskRows.set(task.id, task);
      for (const { id } of entry.deliveries ?? []) this.deliveryIds.add(id);
      this.lines.push(...(entry.timeline ?? []));
      const fresh = (entry.events ?? []).filter((draft) => !this.eventLog.some((event) => event.id === draft.id));
      const events = fresh.map((draft, index) => ({ ...draft, seq: this.eventLog.length + index + 1 }));
      this.eventLog.push(...events);
      return events;
    },
  };
  warnings = {
    open: () => Promise.resolve([...this.records.values()].filter(({ state }) => state === 'candidate' || state === 'confirmed')),
    newest: () => {
      const all = [...this.records.values()].toSorted((a, b) => (a.openedAt < b.openedAt ? -1 : 1));
      return Promise.resolve([...new Map(all.map((record) => [record.hazardPoint, record])).values()]);
    },
    find: (id: string) => Promise.resolve(this.records.get(id)),
    timeline: (id: string) => Promise.resolve(this.lines.filter((line) => line.warningId === id)),
    published: () => Promise.resolve([]),
    list: ({ hazardPoint, limit }: { hazardPoint?: string; limit: number }) => {
      const items = [...this.records.values()].filter((record) => record.hazardPoint === hazardPoint);
      items.sort((a, b) => (a.openedAt < b.openedAt ? 1 : -1));
      return Promise.resolve({ items: items.slice(0, limit), nextCursor: null });
    },
  };
  tasks: AlertStore['tasks'] = {
    open: () => Promise.resolve([...this.taskRows.values()].filter(({ state }) => state !== 'closed')),
    find: (id) => Promise.resolve(this.taskRows.get(id)),
    ofWarning: (warningId) => Promise.resolve([...this.taskRows.values()].filter((task) => task.warningId === warningId)),
    list: unused,
  };
  events: AlertStore['events'] = {
    lastSeq: () => Promise.resolve(this.eventLog.length),
    since: unused,
    ofType: (type, from) => Promise.resolve(this.eventLog.filter((event) => event.type === type && event.at >= from)),
  };
  /** Who was told, by warning and scope. */
  told: AlertStore['told'] = {
    of: (warningId, scope) =>
      Promise.resolve(
        this.entries
          .flatMap(({ deliveries = [] }) => deliveries)
          .filter(({ warningId: of, scope: to, channel }) => of === warningId && to === scope && (channel === 'sms' || channel === 'voice'))
          .map(({ recipient, role, address }) => ({ recipient, role, address })),
      ),
  };
  judgements: AlertStore['judgements'] = {
    marks: () => Promise.resolve(this.entries.flatMap((entry) => (entry.judgement ? [entry.judgement] : []))),
    saveMarks: unused,
    history: unused,
    after: unused,
    backlog: unused,
    checkpoints: unused,
    saveCheckpoints: unused,
  };
  consultations = {
    find: (id: string) => Promise.resolve(this.rooms.get(id)),
    list: unused,
    save: unused,
    addChat: unused,
  };
  cards: AlertStore['cards'] = {
    insertWorkCard: unused,
    insertHouseholdCard: unused,
    find: unused,
    update: unused,
    versions: unused,
    listWorkCards: unused,
    listHouseholdCards: unused,
    cardsOf: () => Promise.resolve(this.cardsOfPoint),
  };
  history: AlertStore['history'] = {
    readings: ({ channel }) =>
      channel === 'L9_XX_1'
        ? Promise.reject(new Error('no such rollup'))
        : Promise.resolve({ resolution: 'raw', readings: [{ time: 0, value: 1.5, quality: [] }], nextCursor: null }),
    quarantine: unused,
    deliveries: unused,
    lastSeen: unused,
  };
}
