import type { LedgerEntry } from '#libs/alert';
import type { WallEvent, WallEventDraft } from '#libs/contracts';
import type { DataKey } from '#libs/platform';
import type { AuditWriter } from './audit.js';
import { writeConsultation } from './consultation.js';
import type { Sql } from './database.js';
import { supersedeDeliveries, writeDeliveries } from './delivery-write.js';
import { writeMark } from './judgement.js';
import { writeSilence } from './silence.js';
import { writeTask } from './task.js';
import { writeTimeline, writeWarning } from './warning.js';

export interface LedgerTools {
  key: DataKey;
  audit: AuditWriter;
  /** Gives the events their places and writes them. */
  place: (sql: Sql, drafts: readonly WallEventDraft[]) => Promise<WallEvent[]>;
}

/**
 * Writes one entry inside the caller's transaction: every part of it or, when this rejects, none. Every part is written at
 * most once, so an entry whose commit had an unknown outcome is simply written again.
 */
export async function writeEntry(sql: Sql, entry: LedgerEntry, tools: LedgerTools): Promise<{ events: WallEvent[]; deliveries: number }> {
  if (entry.judgement) await writeMark(sql, entry.judgement);
  for (const warning of entry.warnings ?? []) await writeWarning(sql, warning);
  if (entry.timeline?.length) await writeTimeline(sql, entry.timeline);
  for (const superseded of entry.supersede ?? []) await supersedeDeliveries(sql, superseded);
  const deliveries = await writeDeliveries(sql, tools.key, entry.deliveries ?? []);
  for (const consultation of entry.consultations ?? []) await writeConsultation(sql, consultation);
  for (const silence of entry.silences ?? []) await writeSilence(sql, silence);
  for (const task of entry.tasks ?? []) await writeTask(sql, task);
  const events = entry.events?.length ? await tools.place(sql, entry.events) : [];
  // Last: from here on the transaction may do nothing but insert audit records.
  await tools.audit.append(sql, entry.audit ?? []);
  return { events, deliveries };
}
