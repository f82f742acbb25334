import { createHash } from 'node:crypto';
import type { Ledger, LedgerEntry } from '#libs/alert';
import {
  HouseholdCard,
  Settings,
  toIso,
  WorkCard,
  type Callout,
  type CalloutParty,
  type Clock,
  type SystemAlarm,
  type WarningLevel,
} from '#libs/contracts';
import { createLogger } from '#libs/platform';
import { CalloutDesk } from '../callout/desk.js';
import { freezeCallout, type FreezeInput, type FrozenCallout } from '../ladder/freeze.js';
import type { CalloutStore } from '../callout/ports.js';

/** 2026-07-01 15:20 in Shanghai. */
export const T0 = Date.UTC(2026, 6, 1, 7, 20);
export const testHash = (...parts: readonly (string | number)[]): string =>
  createHash('sha256').update(parts.join('\u001f')).digest('hex').slice(0, 24);

const stored = { version: 1, createdAt: toIso(T0), updatedAt: toIso(T0) };
export const household = (n: number, change: Partial<HouseholdCard> = {}): HouseholdCard =>
  HouseholdCard.parse({
    ...stored,
    id: `c${n}`,
    hazardPoint: '5132210001',
    householder: `王${n}`,
    phone: `1380000100${n}`,
    address: `新磨村2组${n}号`,
    memberCount: 3,
    evacuationRoute: '2号路线',
    shelter: '村小学',
    ...change,
  });
export const workCard = (change: Partial<WorkCard> = {}): WorkCard =>
  WorkCard.parse({
    ...stored,
    id: 'k1',
    hazardPoint: '5132210001',
    responsible: { name: '李村长', phone: '13900000001' },
    monitor: { name: '陈监测', phone: '13900000002' },
    evacuationRoute: '2号路线',
    shelter: '村小学',
    signal: '敲锣',
    ...change,
  });

export const frozen = (
  change: Partial<FreezeInput['order']> & { level?: WarningLevel } = {},
  input: Partial<FreezeInput> = {},
): FrozenCallout => {
  const made = freezeCallout({
    order: { scope: 'public', kind: 'warning', level: 'red', version: 1, ...change },
    warning: { id: 'w1', exercise: false, deliver: 'real', divisionCode: '513221' },
    point: { unifiedCode: '5132210001', name: '新磨村2组滑坡', kind: 'landslide', divisionCode: '513221', threatenedPeople: 9 },
    cards: { workCards: [workCard()], householdCards: [household(1), household(2), household(3)] },
    settings: Settings.parse({
      dutyRoster: [
        { name: '赵县', phone: '13700000001' },
        { name: '钱镇', phone: '13700000002', post: 'township' },
      ],
    }),
    now: T0,
    hash: testHash,
    ...input,
  });
  if (!made) throw new Error('nobody has to answer');
  return made;
};

/** A ledger that keeps what it was given, and the call-outs of it as a store. `broken`: writes fail. */
export class CalloutLedger implements Ledger {
  readonly entries: LedgerEntry[] = [];
  readonly callouts = new Map<string, Callout>();
  readonly parties = new Map<string, CalloutParty>();
  broken = false;

  write(entry: LedgerEntry): Promise<[]> {
    if (this.broken) return Promise.reject(new Error('the store is away'));
    this.entries.push(entry);
    for (const callout of entry.callouts ?? []) this.callouts.set(callout.id, callout);
    for (const party of entry.parties ?? []) this.parties.set(party.id, party);
    return Promise.resolve([]);
  }

  /** Every delivery ever intended, one of each id. */
  get deliveries() {
    return [...new Map(this.entries.flatMap(({ deliveries = [] }) => deliveries).map((each) => [each.id, each])).values()];
  }
  get tasks() {
    return [...new Map(this.entries.flatMap(({ tasks = [] }) => tasks).map((each) => [each.id, each])).values()];
  }
  get replies() {
    return this.entries.flatMap(({ replies = [] }) => replies);
  }

  store(): CalloutStore {
    const all = () =>
      [...this.callouts.values()].map((callout) => ({
        callout,
        parties: [...this.parties.values()].filter(({ calloutId }) => calloutId === callout.id),
      }));
    return {
      recent: () => Promise.resolve(all()),
      ofWarning: (warningId) => Promise.resolve(all().filter(({ callout }) => callout.warningId === warningId)),
      households: () => Promise.resolve(undefined),
      deliveries: () => Promise.resolve([]),
      replies: () => Promise.resolve(this.replies),
      listReplies: () => Promise.resolve({ items: this.replies, nextCursor: null }),
      writtenBack: () => Promise.resolve([]),
      known: (ids) => Promise.resolve(this.replies.flatMap(({ id }) => (ids.includes(id) ? [id] : []))),
      deliveryOf: () => Promise.resolve(undefined),
    };
  }
}

/** A desk over such a ledger, at a time of its own. */
export function deskOn(ledger: CalloutLedger, clock: Clock) {
  const alarms = new Map<string, SystemAlarm>();
  const withdrawn: string[] = [];
  const desk = new CalloutDesk({
    store: ledger.store(),
    ledger,
    clock,
    logger: createLogger('silent'),
    settings: () => Settings.parse({}),
    hash: testHash,
    voice: () => true,
    surroundings: () => ({
      alarm: (alarm) => {
        if (alarm.standing) alarms.set(alarm.code, alarm);
        else alarms.delete(alarm.code);
        return Promise.resolve();
      },
      withdraw: ({ about }) => {
        withdrawn.push(about);
        return Promise.resolve();
      },
    }),
    changed: () => undefined,
  });
  return { desk, alarms, withdrawn };
}
