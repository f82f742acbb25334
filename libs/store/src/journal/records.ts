import type { LedgerEntry } from '#libs/alert';
import { DAY, normalPhone, type DeliveryIntent, type DeviceCommand, type WallEvent } from '#libs/contracts';
import type { Receipt } from '#libs/notify';
import type { DataKey, Journal } from '#libs/platform';
import type { DownlinkWrite } from '../registry/device-downlink.js';
import { fresh, isTo, repliedTo, withdrawn, type DeliveryState } from './delivery-state.js';

/** A change of one delivery: what it became, and what `notify.delivery_event` will say of it. */
export interface Step {
  id: string;
  from: string;
  to: DeliveryState;
  source: 'station' | 'worker' | 'callback' | 'poller' | 'operator' | 'reaper';
  at: number;
}

/** One record of the journal's section `records`. */
export type JournalledRecord =
  | { kind: 'entry'; entry: LedgerEntry; events: WallEvent[] }
  | { kind: 'steps'; steps: Step[] }
  | { kind: 'orphan'; receipt: Receipt; receivedAt: number }
  | { kind: 'turns'; turns: CallTurn[] }
  | { kind: 'downlink'; write: DownlinkWrite };

/** A call to a number. */
export interface CallTurn {
  id: string;
  address: string;
  at: number;
}

export interface BookedDelivery {
  intent: DeliveryIntent;
  state: DeliveryState;
}

export const SECTION = 'records';
const context = 'journal.records';

/** Records hold names and numbers: encrypted like the columns they stand for. */
export const seal = (key: DataKey, record: JournalledRecord): Uint8Array =>
  Buffer.from(key.encrypt(JSON.stringify(record), context), 'base64');
export const unseal = (key: DataKey, bytes: Uint8Array): JournalledRecord =>
  JSON.parse(key.decrypt(Buffer.from(bytes).toString('base64'), context)) as JournalledRecord;

/** Orange. Less urgent deliveries wait for the database: without it nobody could look at what was sent. */
export const LOWEST_PRIORITY = 1;

/**
 * What the journal holds, in memory: deliveries of red and orange and commands to devices with what became of them. Every change is on disk before
 * it is here; opening reads the journal again from its start.
 */
export class JournalRecords {
  readonly deliveries = new Map<string, BookedDelivery>();
  readonly orphans: { receipt: Receipt; receivedAt: number }[] = [];
  /** Newest form of each command that is in the journal, by its number. */
  readonly commands = new Map<string, DeviceCommand>();
  /** Calls made by this process within a day, by number; those of the database too, so that its limits hold without it. */
  readonly calls = new Map<string, number[]>();
  /** Ids of the events that have a place. */
  readonly placed = new Set<string>();
  #lastSeq: number;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(
    readonly journal: Journal,
    readonly key: DataKey,
    lastSeq: number,
  ) {
    this.#lastSeq = lastSeq;
  }

  /** @param lastSeq seq of the newest event the database had when it went away */
  static async open(journal: Journal, key: DataKey, lastSeq: number): Promise<JournalRecords> {
    const records = new JournalRecords(journal, key, lastSeq);
    for await (const { bytes } of journal.read(SECTION)) records.#absorb(unseal(key, bytes));
    return records;
  }

  /** The database has just gone away: its newest event had this seq. */
  begin(lastSeq: number): void {
    this.#lastSeq = Math.max(this.#lastSeq, lastSeq);
  }

  /** Everything is in the database again. */
  reset(): void {
    this.deliveries.clear();
    this.commands.clear();
    this.placed.clear();
    this.orphans.length = 0;
  }

  /** Seq of the newest event. */
  get lastSeq(): number {
    return this.#lastSeq;
  }

  /** Calls that were made, by whichever of the two. */
  note(turns: readonly CallTurn[]): void {
    for (const { address, at } of turns) {
      const number = normalPhone(address);
      this.calls.set(number, [...(this.calls.get(number) ?? []).filter((one) => one > at - DAY), at]);
    }
  }

  /** One change at a time: what is read of the book still holds when the change is on disk. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work, work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /** On disk first, then in the book. Only inside `inTurn`. */
  async write(record: JournalledRecord): Promise<void> {
    await this.journal.append(SECTION, seal(this.key, record));
    this.#absorb(record);
  }

  #absorb(record: JournalledRecord): void {
    if (record.kind === 'orphan') this.orphans.push({ receipt: record.receipt, receivedAt: record.receivedAt });
    else if (record.kind === 'turns') this.note(record.turns);
    else if (record.kind === 'downlink') {
      if (record.write.what === 'command') this.commands.set(record.write.command.msgid, record.write.command);
    } else if (record.kind === 'steps')
      for (const { id, to } of record.steps) {
        const delivery = this.deliveries.get(id);
        if (delivery) delivery.state = to;
      }
    else this.#absorbEntry(record.entry, record.events);
  }

  /** In the order of ../ledger-write.ts: superseding first, so that an entry never withdraws what it brings. */
  #absorbEntry(entry: LedgerEntry, events: readonly WallEvent[]): void {
    for (const { warningId, scope, beforeVersion } of entry.supersede ?? [])
      for (const delivery of this.deliveries.values()) {
        const { intent } = delivery;
        if (intent.warningId === warningId && intent.scope === scope && intent.version < beforeVersion)
          delivery.state = withdrawn(delivery.state) ?? delivery.state;
      }
    for (const answer of entry.answered ?? [])
      for (const delivery of this.deliveries.values())
        if (isTo(delivery.intent, answer)) delivery.state = repliedTo(delivery.state, delivery.intent.step, answer);
    for (const intent of entry.deliveries ?? [])
      if (intent.priority <= LOWEST_PRIORITY && !this.deliveries.has(intent.id))
        this.deliveries.set(intent.id, { intent, state: fresh(intent) });
    for (const event of events) {
      this.placed.add(event.id);
      this.#lastSeq = Math.max(this.#lastSeq, event.seq);
    }
  }
}
