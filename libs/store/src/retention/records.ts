import { at, type Database } from '../sql/database.js';
import type { Cutoffs } from './cutoffs.js';
import { deleteRows } from './delete-rows.js';

/**
 * What is kept row by row, and which rows are old. Never among them: what is still open, and the newest of what numbers go on from, or a
 * number would be given out twice: a wall would take it for one it has shown, a device for a command it has carried out.
 */
const classes: readonly { name: keyof Cutoffs; table: string; where: string }[] = [
  { name: 'quarantine', table: 'ingest.quarantine', where: 'r.received_at < $4::timestamptz' },
  { name: 'wallEvents', table: 'wall.event', where: 'r.at < $4::timestamptz and r.seq < (select max(seq) from wall.event)' },
  { name: 'gaps', table: 'ingest.gap', where: `r.state <> 'open' and r.ended_at < $4::timestamptz` },
  {
    name: 'commands',
    table: 'command.device_command',
    where: `r.state not in ('queued', 'sent') and r.created_at < $4::timestamptz
            and r.msgid < (select max(msgid) from command.device_command)`,
  },
  { name: 'deviceDays', table: 'command.device_day', where: `r.day < ($4::timestamptz at time zone 'Asia/Shanghai')::date` },
  // What an activation rests on belongs to its record.
  {
    name: 'dryRuns',
    table: 'evaluate.dry_run',
    where: 'r.finished_at < $4::timestamptz and not exists (select from evaluate.rule_activation a where a.dry_run = r.id)',
  },
  // Whole comparisons: what the one said means nothing without what the other said meanwhile.
  {
    name: 'shadowDecisions',
    table: 'evaluate.shadow_decision',
    where: 'exists (select from evaluate.shadow s where s.id = r.shadow and s.ended_at < $4::timestamptz)',
  },
];

/** Records older than they are kept. */
export async function deleteRecords(db: Database, old: Cutoffs): Promise<void> {
  for (const { name, table, where } of classes)
    if (old[name] !== -Infinity) await deleteRows(db, { name, table, where, params: [at(old[name])] });
}
