import { Callout, CalloutParty, ReplyRecord } from '#libs/contracts';
import type { DataKey } from '#libs/platform';

/** Personal parts of a call-out: who is called, by which number, where they live, what they wrote. */
const personalOf = {
  callout: ['chain'],
  callout_party: ['name', 'address', 'memberCount', 'route', 'shelter', 'people'],
  reply: ['from', 'content'],
} as const;
type Kind = keyof typeof personalOf;

export interface Sealed {
  record: string;
  personal: string;
}

const column = (kind: Kind): string => `notify.${kind}.personal`;

/** What is not personal in the open, the rest as one encrypted text. */
export function sealRecord(key: DataKey, kind: Kind, record: object): Sealed {
  const fields: ReadonlySet<string> = new Set(personalOf[kind]);
  const entries = Object.entries(record);
  const part = (personal: boolean): string => JSON.stringify(Object.fromEntries(entries.filter(([name]) => fields.has(name) === personal)));
  return { record: part(false), personal: key.encrypt(part(true), column(kind)) };
}

export interface SealedRow {
  record: object;
  personal: string;
}

const open = (key: DataKey, kind: Kind, row: SealedRow): unknown => ({
  ...row.record,
  ...(JSON.parse(key.decrypt(row.personal, column(kind))) as object),
});
export const openCallout = (key: DataKey, row: SealedRow): Callout => Callout.parse(open(key, 'callout', row));
export const openParty = (key: DataKey, row: SealedRow): CalloutParty => CalloutParty.parse(open(key, 'callout_party', row));
export const openReply = (key: DataKey, row: SealedRow): ReplyRecord => ReplyRecord.parse(open(key, 'reply', row));
