import type { HistoryStore } from '#libs/command';
import { toIso, type DeliveryView } from '#libs/contracts';
import type { DataKey } from '#libs/platform';
import type { Sql } from '../sql/database.js';
import { openAddress, openMessage, type DeliveryRow } from './delivery-row.js';

/** Deliveries of a warning for people to read; masking by role is the caller's. */
export function pgDeliveries(db: Sql, key: DataKey): Pick<HistoryStore, 'deliveries'> {
  return {
    async deliveries(warningId) {
      const rows = await db.query<DeliveryRow>('select * from notify.delivery where warning_id = $1 order by created_at, id', [warningId]);
      return rows.map((row) => viewOf(key, row));
    },
  };
}

const isoOrNull = (ms: number | null): string | null => (ms === null ? null : toIso(ms));

const viewOf = (key: DataKey, row: DeliveryRow): DeliveryView => ({
  id: row.id,
  recipient: row.recipient,
  role: row.role,
  address: openAddress(key, row),
  channel: row.channel,
  scope: row.scope,
  status: row.status,
  ack: row.ack,
  provider: row.provider,
  outId: row.out_id,
  text: openMessage(key, row).text,
  parts: row.parts,
  attempts: row.attempts,
  error: row.error,
  times: {
    created: toIso(row.created_at),
    sending: isoOrNull(row.sending_at),
    accepted: isoOrNull(row.accepted_at),
    delivered: isoOrNull(row.delivered_at),
    failed: isoOrNull(row.failed_at),
  },
});
