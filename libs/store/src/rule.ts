import type { RuleStore, RuleVersion } from '#libs/command';
import { Problem } from '#libs/contracts';
import { at, type Database } from './database.js';

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

    activate: (rulebook, version, by, when) =>
      db.tx(async (sql) => {
        await sql.run('update evaluate.rule_version set active = false where rulebook = $1 and active and rule_version <> $2', [
          rulebook,
          version,
        ]);
        const written = await sql.run(
          `update evaluate.rule_version set active = true, activated_at = $3, activated_by = $4 where rulebook = $1 and rule_version = $2`,
          [rulebook, version, at(when), by],
        );
        if (written === 0) throw new Problem('not-found', `rulebook ${rulebook} has no version ${version}`);
        await sql.run('insert into evaluate.rule_activation (rulebook, rule_version, activated_at, activated_by) values ($1, $2, $3, $4)', [
          rulebook,
          version,
          at(when),
          by,
        ]);
      }),
  };
}

interface Row {
  rulebook: string;
  rule_version: string;
  content: string;
  author: string;
  reason: string;
  created_at: number;
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
  activatedAt: row.activated_at,
  activatedBy: row.activated_by,
});
