import { setImmediate } from 'node:timers/promises';
import { normalPhone, toIso, type DeliveryIntent } from '#libs/contracts';
import type { LedgerEntry } from '#libs/alert';
import type { DataKey } from '#libs/platform';
import type { Sql } from '../sql/database.js';
import { sealAddress, sealMessage } from './delivery-row.js';
import { runAll, type Statement } from '../sql/statement.js';

export const deliveriesName = 'write-deliveries';

/**
 * Writes intents that are not there yet, as `pending`; its row count says how many were new. Repeats are known by (warning, version,
 * recipient, channel, step); a clash of `out_id` between different deliveries fails, because swallowing it would lose a message.
 */
export const deliveriesStatement = (key: DataKey, intents: readonly DeliveryIntent[]): Statement =>
  statementOf(JSON.stringify(intents.map((intent) => rowOf(key, intent))));

const statementOf = (rows: string): Statement => ({
  name: deliveriesName,
  text: `with written as (
       insert into notify.delivery (id, out_id, warning_id, division_code, scope, version, recipient, role, channel, step, priority,
         level, kind, exercise, deliver, address, address_hash, message, template, parts, not_before, deadline, created_at,
         site, content, instead_of)
       select i.id, i.out_id, i.warning_id, coalesce((select w.division_code from alert.warning w where w.id = i.warning_id), ''),
         i.scope, i.version, i.recipient, i.role, i.channel, i.step, i.priority, i.level, i.kind, i.exercise, i.deliver,
         i.address, i.address_hash, i.message, i.template, i.parts, i.not_before, i.deadline, i.created_at, i.site, i.content, i.instead_of
       from json_to_recordset($1::json) as i (id text, out_id text, warning_id text, scope text, version int, recipient text, role text,
         channel text, step int, priority smallint, level text, kind text, exercise boolean, deliver text, address text,
         address_hash text, message text, template text, parts int, not_before timestamptz, deadline timestamptz, created_at timestamptz,
         site text, content text, instead_of text)
       on conflict (warning_id, version, recipient, channel, step) do nothing
       returning id, division_code
     )
     insert into notify.delivery_event (delivery_id, to_status, source, division_code) select id, 'pending', 'station', division_code from written`,
  values: [rows],
});

/** The same inside the caller's transaction. */
export async function writeDeliveries(sql: Sql, key: DataKey, intents: readonly DeliveryIntent[]): Promise<void> {
  if (intents.length > 0) await runAll(sql, [deliveriesStatement(key, intents)]);
}

/** Deliveries sealed before others have a turn: some three milliseconds of work. */
const SLICE = 100;
/** Deliveries of one statement: its text is a megabyte, which the driver writes at one go. */
const MOST = 1_000;

/**
 * Statements for however many deliveries: sealed in slices, so that a release to ten thousand households does not hold up a PUBACK for the second
 * their encryption takes.
 */
export async function deliveriesStatements(key: DataKey, intents: readonly DeliveryIntent[]): Promise<Statement[]> {
  const statements: Statement[] = [];
  for (let from = 0; from < intents.length; from += MOST) {
    const rows: string[] = [];
    for (const intent of intents.slice(from, from + MOST))
      if (rows.push(JSON.stringify(rowOf(key, intent))) % SLICE === 0) await setImmediate();
    statements.push(statementOf(`[${rows.join(',')}]`));
  }
  return statements;
}

const rowOf = (key: DataKey, intent: DeliveryIntent) => ({
  id: intent.id,
  out_id: intent.outId,
  warning_id: intent.warningId,
  scope: intent.scope,
  version: intent.version,
  recipient: intent.recipient,
  role: intent.role,
  channel: intent.channel,
  step: intent.step,
  priority: intent.priority,
  level: intent.level,
  kind: intent.kind,
  exercise: intent.exercise,
  deliver: intent.deliver,
  address: sealAddress(key, intent.address),
  address_hash: key.lookupHash(normalPhone(intent.address)),
  message: sealMessage(key, intent),
  template: intent.template.code,
  parts: intent.template.parts,
  not_before: toIso(intent.notBefore),
  deadline: toIso(intent.deadline),
  created_at: toIso(intent.createdAt),
  site: intent.site ?? null,
  content: intent.content ?? null,
  instead_of: intent.insteadOf ?? null,
});

/**
 * Everything older of that warning and scope that has not ended is marked superseded; what is still waiting becomes
 * `cancelled`. What is being sent may arrive, but is not sent again (see `settle`).
 */
export const supersedeStatement = ({ warningId, scope, beforeVersion }: Superseded): Statement => ({
  name: 'supersede-deliveries',
  text: `with older as (
       select id, status from notify.delivery
        where warning_id = $1 and scope = $2 and version < $3 and not superseded
          and status in ('pending', 'sending', 'unknown', 'recon')
        order by id for update
     ), marked as (
       update notify.delivery d set superseded = true, status = case when d.status = 'pending' then 'cancelled' else d.status end
         from older where d.id = older.id returning d.id, d.status
     )
     insert into notify.delivery_event (delivery_id, from_status, to_status, source, raw)
     select id, 'pending', status, 'station', '{"reason":"superseded"}' from marked where status = 'cancelled'`,
  values: [warningId, scope, beforeVersion],
});
type Superseded = NonNullable<LedgerEntry['supersede']>[number];
