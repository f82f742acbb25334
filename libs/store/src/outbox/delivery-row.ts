import type { AckState, DeliveryIntent, DeliveryStatus } from '#libs/contracts';
import type { DataKey } from '#libs/platform';

/** A row of `notify.delivery` as the driver gives it: times in epoch ms, `address` and `message` encrypted. */
export interface DeliveryRow {
  id: string;
  out_id: string;
  warning_id: string;
  scope: DeliveryIntent['scope'];
  version: number;
  recipient: string;
  role: DeliveryIntent['role'];
  channel: DeliveryIntent['channel'];
  step: number;
  priority: number;
  level: DeliveryIntent['level'];
  kind: DeliveryIntent['kind'];
  exercise: boolean;
  deliver: DeliveryIntent['deliver'];
  address: string;
  message: string;
  template: string;
  parts: number;
  status: DeliveryStatus;
  attempts: number;
  not_before: number;
  deadline: number;
  provider: string | null;
  provider_id: string | null;
  error: { class: string; code: string; message: string } | null;
  ack: AckState;
  created_at: number;
  sending_at: number | null;
  accepted_at: number | null;
  delivered_at: number | null;
  failed_at: number | null;
  site: string | null;
  content: string | null;
  instead_of: string | null;
}

/** Personal part of a message: what it says, the words it was made of, and whom else it may go to. */
type Message = Pick<DeliveryIntent['template'], 'params' | 'text'> & Pick<DeliveryIntent, 'alternatives'>;

const addressColumn = 'notify.delivery.address';
const messageColumn = 'notify.delivery.message';

export const sealAddress = (key: DataKey, address: string): string => key.encrypt(address, addressColumn);
export const openAddress = (key: DataKey, row: Pick<DeliveryRow, 'address'>): string => key.decrypt(row.address, addressColumn);
export const sealMessage = (key: DataKey, { template: { params, text }, alternatives }: DeliveryIntent): string =>
  key.encrypt(JSON.stringify({ params, text, alternatives } satisfies Message), messageColumn);
export const openMessage = (key: DataKey, row: Pick<DeliveryRow, 'message'>): Message =>
  JSON.parse(key.decrypt(row.message, messageColumn)) as Message;

/** The intent a row was made from. */
export function intentOf(key: DataKey, row: DeliveryRow): DeliveryIntent {
  const { params, text, alternatives } = openMessage(key, row);
  return {
    id: row.id,
    outId: row.out_id,
    warningId: row.warning_id,
    scope: row.scope,
    version: row.version,
    recipient: row.recipient,
    role: row.role,
    channel: row.channel,
    step: row.step,
    priority: row.priority,
    level: row.level,
    kind: row.kind,
    exercise: row.exercise,
    deliver: row.deliver,
    address: openAddress(key, row),
    template: { code: row.template, parts: row.parts, params, text },
    notBefore: row.not_before,
    deadline: row.deadline,
    createdAt: row.created_at,
    ...(row.site === null ? {} : { site: row.site }),
    ...(row.content === null ? {} : { content: row.content }),
    ...(alternatives ? { alternatives } : {}),
    ...(row.instead_of === null ? {} : { insteadOf: row.instead_of }),
  };
}
