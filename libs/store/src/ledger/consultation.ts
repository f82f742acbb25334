import type { ConsultationStore } from '#libs/consult';
import { Problem, toIso, type ChatMessage, type Consultation, type Page, type PageQuery } from '#libs/contracts';
import type { Database, Sql } from '../sql/database.js';
import { pageInTime } from '../sql/record-page.js';
import { runAll, type Statement } from '../sql/statement.js';

/** Consultations. The database itself refuses to change evidence, and anything of a signed record (migration 0016). */
export function pgConsultations(db: Database): ConsultationStore {
  return {
    find: (id) => find(db, id),
    list: (query) => list(db, query),
    save: (consultation) => db.tx((sql) => save(sql, consultation)),
    addChat: (id, message) => addChat(db, id, message),
  };
}

interface Row {
  id: string;
  warning_id: string;
  hazard_point: string;
  division_code: string;
  title: string;
  exercise: boolean;
  state: Consultation['state'];
  opened_at: number;
  evidence: Consultation['evidence'];
  opinions: Consultation['opinions'];
  decision: Consultation['decision'];
  chat: ChatMessage[];
  version: number;
}

const columns = `c.*, (select coalesce(json_agg(json_build_object('id', m.id, 'by', m.author,
  'at', to_char(m.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'text', m.text) order by m.ordinal), '[]')
  from consult.chat m where m.consultation_id = c.id) as chat`;

const consultationOf = (row: Row): Consultation => ({
  id: row.id,
  warning: row.warning_id,
  hazardPoint: row.hazard_point,
  divisionCode: row.division_code,
  title: row.title,
  exercise: row.exercise,
  state: row.state,
  openedAt: toIso(row.opened_at),
  evidence: row.evidence,
  opinions: row.opinions,
  chat: row.chat,
  decision: row.decision,
  version: row.version,
});

async function find(sql: Sql, id: string): Promise<Consultation | undefined> {
  return (await sql.query<Row>(`select ${columns} from consult.consultation c where id = $1`, [id])).map(consultationOf)[0];
}

/** Newest first. */
const list = (sql: Sql, query: PageQuery & { warning?: string; scope: string }): Promise<Page<Consultation>> =>
  pageInTime<Row, Consultation>(
    sql,
    {
      table: 'consult.consultation c',
      columns,
      time: 'opened_at',
      where: 'starts_with(division_code, $1) and ($2::text is null or warning_id = $2)',
      values: [query.scope, query.warning ?? null],
    },
    query,
    consultationOf,
  );

async function save(sql: Sql, consultation: Consultation): Promise<void> {
  const [stored] = await sql.query<{ version: number; state: string }>(
    'select version, state from consult.consultation where id = $1 for update',
    [consultation.id],
  );
  if (stored && stored.version + 1 !== consultation.version)
    throw new Problem(
      'version-conflict',
      `consultation ${consultation.id} is at version ${stored.version}; read it again and repeat the change`,
      { version: stored.version },
    );
  await runAll(sql, consultationStatements(consultation));
}

/**
 * Upserts; an older `version` never overwrites a newer one. Messages not there yet are added. A change to evidence or to a signed record is
 * refused with Problem illegal-transition.
 */
export const consultationStatements = (consultation: Consultation): Statement[] => [
  {
    name: 'write-consultation',
    text: `insert into consult.consultation (id, warning_id, hazard_point, division_code, title, exercise, state, opened_at, evidence,
         opinions, decision, version)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
       on conflict (id) do update set state = excluded.state, evidence = excluded.evidence, opinions = excluded.opinions,
         decision = excluded.decision, version = excluded.version
       where consult.consultation.version < excluded.version`,
    values: [
      consultation.id,
      consultation.warning,
      consultation.hazardPoint,
      consultation.divisionCode,
      consultation.title,
      consultation.exercise,
      consultation.state,
      consultation.openedAt,
      JSON.stringify(consultation.evidence),
      JSON.stringify(consultation.opinions),
      JSON.stringify(consultation.decision),
      consultation.version,
    ],
    meaning: (error) => (isProtected(error) ? frozen(consultation.id, error) : error),
  },
  ...consultation.chat.map((message) => chatStatement(consultation.id, message)),
];

/** SQLSTATE the triggers of migration 0016 raise. */
const isProtected = (error: unknown): error is Error => error instanceof Error && (error as { code?: unknown }).code === 'WS002';
const frozen = (id: string, cause?: unknown): Problem =>
  Object.assign(new Problem('illegal-transition', `consultation ${id} is signed or its evidence frozen; open a new one instead`), {
    cause,
  });

const chatStatement = (id: string, message: ChatMessage): Statement => ({
  name: 'write-chat',
  text: `insert into consult.chat (id, consultation_id, division_code, at, author, text)
     select $1, c.id, c.division_code, $3, $4, $5 from consult.consultation c where c.id = $2
     on conflict (id) do nothing`,
  values: [message.id, id, message.at, message.by, message.text],
});

/** Talk ends with the signature: what was said before it is part of the record. */
async function addChat(db: Database, id: string, message: ChatMessage): Promise<void> {
  await db.tx(async (sql) => {
    const [stored] = await sql.query<{ state: string }>('select state from consult.consultation where id = $1 for share', [id]);
    if (!stored) throw new Problem('not-found', `no consultation ${id}`);
    if (stored.state !== 'open' && stored.state !== 'deliberating') throw frozen(id);
    await runAll(sql, [chatStatement(id, message)]);
  });
}
