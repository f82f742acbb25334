import { deliveryRank, type DeliveryStatus, type DeliveryView } from '#libs/contracts';

export interface DeliveryCount {
  total: number;
  /** A provider has taken it, whatever became of it then. Sent is not informed. */
  accepted: number;
  delivered: number;
  /** Ended without reaching the person: failed, expired, suppressed, or handed to a human. */
  failed: number;
  /** A person answered. */
  acked: number;
}
/** Of a screen, a group or a loudspeaker, which have no name: by which channel, and which one of several. Null for people. */
export function deviceOf(recipient: string): { channel: string; name: string } | null {
  const [, channel, name = ''] = /^(wall|robot|webhook|email|broadcast|push):(.+)$/.exec(recipient) ?? [];
  return channel === undefined ? null : { channel, name: name === 'centre' || name === 'platform' ? '' : name };
}

const failures: ReadonlySet<DeliveryStatus> = new Set(['failed_perm', 'failed_temp', 'expired', 'suppressed', 'manual_task']);

/** Cancelled messages (superseded by a newer one) are nobody's to reach and count nowhere. */
export function countDeliveries(deliveries: readonly Pick<DeliveryView, 'status' | 'ack' | 'times'>[]): DeliveryCount {
  const count: DeliveryCount = { total: 0, accepted: 0, delivered: 0, failed: 0, acked: 0 };
  for (const { status, ack, times } of deliveries) {
    if (status === 'cancelled') continue;
    count.total += 1;
    if (times.accepted !== null || status === 'delivered' || deliveryRank[status] === 2 || deliveryRank[status] === 3) count.accepted += 1;
    if (status === 'delivered') count.delivered += 1;
    if (failures.has(status)) count.failed += 1;
    if (ack !== 'none') count.acked += 1;
  }
  return count;
}
