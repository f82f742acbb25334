import { at, type Database } from '../database.js';
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
];

/** Records older than they are kept. */
export async function deleteRecords(db: Database, old: Cutoffs): Promise<void> {
  for (const { name, table, where } of classes)
    if (old[name] !== -Infinity) await deleteRows(db, { name, table, where, params: [at(old[name])] });
}
