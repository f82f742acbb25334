import type { Activation, RuleStore, RuleVersion } from '#libs/command';
import { Problem, toIso, type RuleActivationView } from '#libs/contracts';
import { at, type Database, type Sql } from '../sql/database.js';

/** Rulebook versions and which of them is in force; at most one active version a rulebook (unique index). */
export function pgRules(db: Database): RuleStore {
  return {
    async active() {
      return (await db.query<Row>('select * from evaluate.rule_version where active order by rulebook')).map(versionOf);
    },

    async versions(rulebook) {
      return (
        await db.query<Row>('select * from evaluate.rule_version where rulebook = $1 order by created_at desc, rule_version', [rulebook])
      ).map(versionOf);
    },

    /** The version is a hash of the text, so one that exists is the same text. */
    async insert(version) {
      await db.run(
        `insert into evaluate.rule_version (rulebook, rule_version, content, author, reason, created_at)
         values ($1, $2, $3, $4, $5, $6) on conflict (rulebook, rule_version) do nothing`,
        [version.rulebook, version.version, version.text, version.author, version.reason, at(version.createdAt)],
      );
    },

    activate: (activation) => db.tx((sql) => activate(sql, activation)),

    async activations(rulebook) {
      const rows = await db.query<ActivationRow>(
        'select rulebook, rule_version, kind, activated_at, activated_by, reason, dry_run, forced from evaluate.rule_activation where rulebook = $1 order by id desc',
        [rulebook],
      );
      return rows.map(activationOf);
    },
  };
}

async function activate(sql: Sql, { rulebook, version, instead, kind, by, at: when, reason, dryRun, forced }: Activation): Promise<void> {
  // All versions of the rulebook: two people who activate at once wait for each other, also when nothing is in force yet.
  const versions = await sql.query<{ rule_version: string; active: boolean }>(
    'select rule_version, active from evaluate.rule_version where rulebook = $1 order by rule_version for update',
    [rulebook],
  );
  if (!versions.some((row) => row.rule_version === version))
    throw new Problem('not-found', `rulebook ${rulebook} has no version ${version}`);
  const before = versions.find((row) => row.active)?.rule_version ?? null;
  if (instead !== undefined && instead !== before)
    throw new Problem(
      'version-conflict',
      `version ${before ?? '(none)'} of rulebook ${rulebook} has come into force meanwhile; look again`,
      {
        inForce: before,
      },
    );
  await sql.run('update evaluate.rule_version set active = false where rulebook = $1 and active and rule_version <> $2', [
    rulebook,
    version,
  ]);
  await sql.run(
    'update evaluate.rule_version set active = true, activated_at = $3, activated_by = $4 where rulebook = $1 and rule_version = $2',
    [rulebook, version, at(when), by],
  );
  await sql.run(
    `insert into evaluate.rule_activation (rulebook, rule_version, activated_at, activated_by, kind, reason, dry_run, forced)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [rulebook, version, at(when), by, kind, reason, dryRun, forced],
  );
}

interface Row {
  rulebook: string;
  rule_version: string;
  content: string;
  author: string;
  reason: string;
  created_at: number;
  active: boolean;
  activated_at: number | null;
  activated_by: string | null;
}

const versionOf = (row: Row): RuleVersion => ({
  rulebook: row.rulebook,
  version: row.rule_version,
  text: row.content,
  author: row.author,
  reason: row.reason,
  createdAt: row.created_at,
  active: row.active,
  activatedAt: row.activated_at,
  activatedBy: row.activated_by,
});

interface ActivationRow {
  rulebook: string;
  rule_version: string;
  kind: RuleActivationView['kind'];
  activated_at: number;
  activated_by: string;
  reason: string;
  dry_run: string | null;
  forced: boolean;
}

const activationOf = (row: ActivationRow): RuleActivationView => ({
  rulebook: row.rulebook,
  version: row.rule_version,
  kind: row.kind,
  at: toIso(row.activated_at),
  by: row.activated_by,
  reason: row.reason,
  dryRun: row.dry_run,
  forced: row.forced,
});
