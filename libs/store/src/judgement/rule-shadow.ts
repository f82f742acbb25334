import type { ShadowDecision, ShadowMark, ShadowStore } from '#libs/command';
import { Problem, Reason, toIso, type Certainty, type PointLevel, type RuleShadow, type ShadowEnd } from '#libs/contracts';
import { z } from 'zod';
import { at, type Database, type Sql } from '../sql/database.js';

const columns = `id, rulebook, rule_version, started_at, started_by, reason, until_at, ended_at, ended_by, ended_how`;

/** Versions that run beside the one in force and what they said; nothing here is ever read by alert. */
export function pgShadows(db: Database): ShadowStore {
  return {
    async running() {
      return (await db.query<Row>(`select ${columns} from evaluate.shadow where ended_at is null order by started_at, id`)).map(shadowOf);
    },

    async newest(rulebook, version) {
      const [row] = await db.query<Row>(
        `select ${columns} from evaluate.shadow where rulebook = $1 and rule_version = $2 order by started_at desc, id desc limit 1`,
        [rulebook, version],
      );
      return row && shadowOf(row);
    },

    start: (shadow, most) =>
      db.tx(async (sql) => {
        // Counted and written under one lock: two people starting at once do not exceed the limit together.
        await sql.run(`select pg_advisory_xact_lock(hashtext('evaluate.shadow'))`);
        const running = await sql.query<Row>(`select ${columns} from evaluate.shadow where ended_at is null`);
        const same = running.find((row) => row.rulebook === shadow.rulebook && row.rule_version === shadow.version);
        if (same)
          throw new Problem(
            'illegal-transition',
            `version ${shadow.version} of ${shadow.rulebook} runs in shadow already, until ${toIso(same.until_at)}`,
            {
              legal: ['stop'],
            },
          );
        if (running.length >= most)
          throw new Problem('illegal-transition', `${most} shadows run already, which is the limit; stop one first`, {
            legal: ['stop'],
            running: running.map((row) => `${row.rulebook}@${row.rule_version}`),
          });
        await sql.run(
          `insert into evaluate.shadow (id, rulebook, rule_version, started_at, started_by, reason, until_at) values ($1, $2, $3, $4, $5, $6, $7)`,
          [shadow.id, shadow.rulebook, shadow.version, shadow.startedAt, shadow.startedBy, shadow.reason, shadow.until],
        );
      }),

    end: (id, how, by, when) =>
      db.tx(async (sql) => {
        const ended = await sql.run(
          `update evaluate.shadow set ended_at = $2, ended_how = $3, ended_by = $4, version = version + 1 where id = $1 and ended_at is null`,
          [id, at(when), how, by],
        );
        await sql.run('delete from evaluate.shadow_mark where shadow = $1', [id]);
        return ended === 1;
      }),

    async marks(shadow) {
      const rows = await db.query<{ hazard_point: string; judged_to: number; state: unknown }>(
        'select hazard_point, judged_to, state from evaluate.shadow_mark where shadow = $1',
        [shadow],
      );
      return rows.map((row) => ({ shadow, hazardPoint: row.hazard_point, judgedTo: row.judged_to, state: row.state }));
    },

    saveMarks: (marks) => writeMarks(db, marks),

    record: (decisions, mark) =>
      db.tx(async (sql) => {
        for (const each of decisions) await insertDecision(sql, each);
        if (mark) await writeMarks(sql, [mark]);
        const shadow = mark?.shadow ?? decisions[0]?.shadow ?? '';
        const [row] = await sql.query<{ said: number }>(`select count(*)::bigint as said from evaluate.shadow_decision where shadow = $1`, [
          shadow,
        ]);
        return row?.said ?? 0;
      }),

    async decisions(shadow) {
      const rows = await db.query<DecisionRow>('select * from evaluate.shadow_decision where shadow = $1 order by said', [shadow]);
      return rows.map(decisionOf);
    },
  };
}

async function writeMarks(sql: Sql, marks: readonly ShadowMark[]): Promise<void> {
  // Of shadows that still run: one that ended meanwhile took its marks along.
  await sql.run(
    `insert into evaluate.shadow_mark as mark (shadow, hazard_point, judged_to, state)
     select given.* from unnest($1::text[], $2::text[], $3::bigint[], $4::json[]) as given (shadow, hazard_point, judged_to, state)
       join evaluate.shadow s on s.id = given.shadow and s.ended_at is null
     on conflict (shadow, hazard_point) do update set judged_to = excluded.judged_to, state = excluded.state, updated_at = now()
     where excluded.judged_to >= mark.judged_to`,
    [
      marks.map(({ shadow }) => shadow),
      marks.map(({ hazardPoint }) => hazardPoint),
      marks.map(({ judgedTo }) => judgedTo),
      marks.map(({ state }) => JSON.stringify(state ?? null)),
    ],
  );
}

async function insertDecision(sql: Sql, { id, shadow, judge, decision, ruleVersion, divisionCode, seq }: ShadowDecision): Promise<void> {
  await sql.run(
    `insert into evaluate.shadow_decision
       (id, shadow, hazard_point, judge, rule_version, at, level, certainty, confirmed_level, reasons, late, seq, division_code)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) on conflict (id) do nothing`,
    [
      id,
      shadow,
      decision.hazardPoint,
      judge,
      ruleVersion,
      at(decision.eventAt),
      decision.level,
      decision.certainty,
      decision.confirmedLevel,
      JSON.stringify(decision.reasons),
      decision.late,
      seq,
      divisionCode,
    ],
  );
}

interface Row {
  id: string;
  rulebook: string;
  rule_version: string;
  started_at: number;
  started_by: string;
  reason: string;
  until_at: number;
  ended_at: number | null;
  ended_by: string | null;
  ended_how: ShadowEnd | null;
}
const shadowOf = (row: Row): RuleShadow => ({
  id: row.id,
  rulebook: row.rulebook,
  version: row.rule_version,
  startedAt: toIso(row.started_at),
  startedBy: row.started_by,
  reason: row.reason,
  until: toIso(row.until_at),
  endedAt: row.ended_at === null ? null : toIso(row.ended_at),
  endedBy: row.ended_by,
  end: row.ended_how,
});

interface DecisionRow {
  id: string;
  shadow: string;
  hazard_point: string;
  judge: 'shadow' | 'live';
  rule_version: string;
  at: number;
  level: PointLevel;
  certainty: Certainty | null;
  confirmed_level: PointLevel;
  reasons: unknown;
  late: boolean;
  seq: number;
  division_code: string;
}
const decisionOf = (row: DecisionRow): ShadowDecision => ({
  id: row.id,
  shadow: row.shadow,
  judge: row.judge,
  decision: {
    hazardPoint: row.hazard_point,
    level: row.level,
    certainty: row.certainty,
    confirmedLevel: row.confirmed_level,
    eventAt: row.at,
    reasons: z.array(Reason).parse(row.reasons),
    late: row.late,
  },
  ruleVersion: row.rule_version,
  divisionCode: row.division_code,
  seq: row.seq,
});
