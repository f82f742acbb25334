import type { AuditStore } from '#libs/command';
import { toIso, type AuditRecord, type AuditView } from '#libs/contracts';
import { StoreAway } from '../sql/errors.js';
import type { Database, Sql } from '../sql/database.js';
import { runAll, type Statement } from '../sql/statement.js';

/** The role of migration 0012 that may insert into the audit log and nothing else. */
const writerRole = 'wangshan_audit';

/** Writes audit records inside a transaction of somebody else's. */
export interface AuditWriter {
  /** Must be the transaction's last statement: from here on it can do nothing but insert into the audit log. */
  append(sql: Sql, records: readonly AuditRecord[]): Promise<void>;
  /** The same as statements, for a transaction that waits for none of its answers. @throws StoreAway while it is not known whether the role can be had */
  statements(records: readonly AuditRecord[]): Promise<Statement[]>;
  /** Undefined when the writer's role is in use, else why not. */
  obstacle(): Promise<string | undefined>;
}

export function auditWriter(db: Database): AuditWriter {
  /** Undefined while nobody has tried; null once the role is known to work; else why it does not. */
  let known: string | null | undefined;
  return {
    async obstacle() {
      // Also tried again while it works: a right can be withdrawn.
      known ??= await db.tx(takeRole);
      return known ?? undefined;
    },
    async append(sql, records) {
      if (records.length === 0) return;
      // Tried in the caller's own transaction: one that waited for a second connection could wait for its like for ever.
      if (known === undefined) known = await takeRole(sql);
      else if (known === null) await runAll(sql, [takeTheRole]);
      await runAll(sql, [insertRecords(records)]);
    },
    async statements(records) {
      if (records.length === 0) return [];
      if (known === undefined) known = await db.tx(takeRole);
      return [...(known === null ? [takeTheRole] : []), insertRecords(records)];
    },
  };
}

const takeTheRole: Statement = { name: 'take-audit-role', text: `set local role ${writerRole}`, values: [] };
const insertRecords = (records: readonly AuditRecord[]): Statement => ({
  name: 'write-audit',
  text: 'insert into command.audit (id, payload) select * from unnest($1::text[], $2::text[])',
  values: [records.map((record) => record.id), records.map(payloadOf)],
});

/** Exact text the chain is made over. */
const payloadOf = ({ id, at, actor, action, object, detail }: AuditRecord): string =>
  JSON.stringify({ id, at, actor, action, object, detail });

/** Takes the writer's role for the rest of the transaction, or leaves everything as it was and says why it can't. */
async function takeRole(sql: Sql): Promise<string | null> {
  await sql.run('savepoint before_role');
  try {
    await sql.run(`set local role ${writerRole}`);
    const [right] = await sql.query<{ ok: boolean }>(`select has_table_privilege('command.audit', 'insert') as ok`);
    if (right?.ok) return null;
    await sql.run('rollback to savepoint before_role');
    return `role ${writerRole} may not insert into command.audit`;
  } catch (error) {
    if (error instanceof StoreAway) throw error;
    await sql.run('rollback to savepoint before_role');
    return error instanceof Error ? error.message : String(error);
  }
}

/** The audit log (notify.md §7.3). Order, hash and refusal of changes are made by the database itself (migration 0012). */
export function pgAudit(db: Database, writer: AuditWriter = auditWriter(db)): AuditStore {
  return {
    append: (records) => db.tx((sql) => writer.append(sql, records)),

    async list(after, limit) {
      const rows = await db.query<{ seq: number; payload: string; previous: string; hash: string }>(
        'select seq, payload, previous, hash from command.audit where seq > $1 order by seq limit $2',
        [after, limit],
      );
      return rows.map(viewOf);
    },

    async verify() {
      const [answer] = await db.query<{ records: number; broken: number | null }>(VERIFY);
      return { ok: answer?.broken === null, records: answer?.records ?? 0, brokenAt: answer?.broken ?? null };
    },

    async protection() {
      const obstacle = await writer.obstacle();
      return obstacle === undefined
        ? { ok: true, detail: 'insert-only role' }
        : { ok: false, detail: `no insert-only role (${obstacle}): written as the database user; a trigger refuses changes` };
    },
  };
}

function viewOf(row: { seq: number; payload: string; previous: string; hash: string }): AuditView {
  const record = JSON.parse(row.payload) as AuditRecord;
  return { seq: row.seq, ...record, at: toIso(record.at), detail: record.detail, previous: row.previous, hash: row.hash };
}

/**
 * First record that is not what its predecessor and its own text make it: changed, moved or missing before it. When all
 * stand, the last link recorded apart must be the newest record, else records were cut off after it.
 */
const VERIFY = `
  with chain as (
    select seq, id, payload, previous, hash, lag(hash, 1, '') over w as expected, row_number() over w as place
      from command.audit window w as (order by seq)
  ), broken as (
    select min(seq) as seq from chain
     where seq <> place or previous <> expected or not starts_with(payload, '{"id":' || to_json(id)::text || ',')
        or hash <> encode(sha256(convert_to(expected || payload, 'UTF8')), 'hex')
  ), ends as (
    select count(*) as records, coalesce(max(seq), 0) as seq, coalesce((array_agg(hash order by seq desc))[1], '') as hash from chain
  )
  select ends.records::bigint as records,
         coalesce(broken.seq, case when head.seq is distinct from ends.seq or head.hash is distinct from ends.hash then ends.seq + 1 end) as broken
    from broken, ends left join command.audit_head head on true`;
