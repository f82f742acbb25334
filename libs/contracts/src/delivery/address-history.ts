import { normalPhone } from '../point/ids.js';
import { DAY, HOUR } from '../time/time.js';
import type { DeliveryIntent, DeliveryStatus } from './delivery.js';

/** What the address of a delivery that is about to be sent has had of us within the last 24 hours, this delivery and what never left apart. */
export interface AddressHistory {
  /** Messages by any channel within the last hour. */
  lastHour: number;
  /** Messages by this channel in this template within 24 hours. */
  sameTemplate: number;
  /**
   * When it was last said in the same words to the same recipient about the same site by this channel at the same level, epoch ms; null when never,
   * or when something else was said since: after an all-clear the same warning is news.
   */
  saidAt: number | null;
  /** Out ids of the earlier messages of its warning and scope. */
  earlier?: readonly string[];
}

/** A delivery as it stands. `at`: when it was first handed to a provider, epoch ms; null when never. */
export interface SentDelivery {
  intent: DeliveryIntent;
  status: DeliveryStatus;
  at: number | null;
}

const neverLeft: ReadonlySet<DeliveryStatus> = new Set(['pending', 'suppressed', 'cancelled']);

/** For every outbox that keeps its deliveries in memory; the one in SQL says the same (libs/store/src/outbox/outbox-lease.ts, `claim`). */
export function addressHistory(one: DeliveryIntent, deliveries: readonly SentDelivery[], now: number): AddressHistory {
  const number = normalPhone(one.address);
  const had = deliveries.flatMap(({ intent, status, at }) =>
    at !== null && at > now - DAY && !neverLeft.has(status) && intent.id !== one.id && normalPhone(intent.address) === number
      ? [{ intent, at }]
      : [],
  );
  return {
    lastHour: had.filter(({ at }) => at > now - HOUR).length,
    sameTemplate: had.filter(({ intent }) => intent.channel === one.channel && intent.template.code === one.template.code).length,
    saidAt: saidAt(one, had),
    earlier: had
      .filter(({ intent }) => intent.warningId === one.warningId && intent.scope === one.scope && intent.version < one.version)
      .toSorted((a, b) => a.intent.version - b.intent.version)
      .map(({ intent }) => intent.outId),
  };
}

function saidAt(one: DeliveryIntent, had: readonly { intent: DeliveryIntent; at: number }[]): number | null {
  if (one.site === undefined || one.content === undefined) return null;
  const about = had.filter(
    ({ intent }) => intent.site === one.site && intent.channel === one.channel && intent.recipient === one.recipient,
  );
  const isSame = (intent: DeliveryIntent): boolean => intent.content === one.content && intent.level === one.level;
  const newest = (same: boolean): number => Math.max(...about.flatMap(({ intent, at }) => (isSame(intent) === same ? [at] : [])));
  // In the same millisecond as something else it is news: said once too often is a nuisance, not said is a household that stays.
  return newest(true) > newest(false) ? newest(true) : null;
}
