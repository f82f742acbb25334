import { z } from 'zod';
import { IsoTime } from './time/time.js';

/** Who did what to what. Hash-chained by the store: hash = sha256(previous hash || payload text). No phones, no names. */
export const AuditRecord = z.object({
  id: z.string(),
  at: z.number(),
  actor: z.string(),
  action: z.string(),
  object: z.string(),
  detail: z.record(z.string(), z.unknown()).default({}),
});
export type AuditRecord = z.infer<typeof AuditRecord>;
export const AuditView = z.object({
  seq: z.number().int(),
  id: z.string(),
  at: IsoTime,
  actor: z.string(),
  action: z.string(),
  object: z.string(),
  detail: z.record(z.string(), z.unknown()),
  previous: z.string(),
  hash: z.string(),
});
export type AuditView = z.infer<typeof AuditView>;
export const AuditVerification = z.object({ ok: z.boolean(), records: z.number().int(), brokenAt: z.number().int().nullable() });
export type AuditVerification = z.infer<typeof AuditVerification>;
