import type { SilenceStore } from '#libs/command';
import { Silence, spanEnd, toIso } from '#libs/contracts';
import { atOrNull, type Sql } from '../sql/database.js';
import { pageInTime } from '../sql/record-page.js';
import type { Statement } from '../sql/statement.js';

interface Row {
  id: string;
  from_at: number;
  record: unknown;
}

/** Silences, for who asks; written by the ledger only. */
export const pgSilences = (db: Sql): SilenceStore => ({
  async endingAfter(since) {
    const rows = await db.query<Row>('select id, from_at, record from command.silence where ends_at > $1 order by id', [toIso(since)]);
    return rows.map(silenceOf);
  },

  async find(id) {
    const [row] = await db.query<Row>('select id, from_at, record from command.silence where id = $1', [id]);
    return row && silenceOf(row);
  },

  // One over a whole city is a county's business too.
  list: ({ scope, hazardPoint, openAt, ...page }) =>
    pageInTime<Row, Silence>(
      db,
      {
        table: 'command.silence',
        columns: 'id, from_at, record',
        time: 'from_at',
        where: `(starts_with(division_code, $1) or (hazard_point is null and starts_with($1, division_code)))
          and ($2::text is null or hazard_point = $2) and ($3::timestamptz is null or ends_at > $3)`,
        values: [scope, hazardPoint ?? null, atOrNull(openAt)],
      },
      page,
      silenceOf,
    ),
});

/** Upserts; an older `version` never overwrites a newer one. */
export const silenceStatement = (silence: Silence): Statement => ({
  name: 'write-silence',
  text: `insert into command.silence (id, hazard_point, division_code, from_at, ends_at, record, version) values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (id) do update set ends_at = excluded.ends_at, record = excluded.record, version = excluded.version
     where command.silence.version < excluded.version`,
  values: [
    silence.id,
    silence.hazardPoint ?? null,
    silence.divisionCode,
    silence.from,
    toIso(Math.max(spanEnd(silence), Date.parse(silence.from))),
    JSON.stringify(silence),
    silence.version,
  ],
});

const silenceOf = (row: Row): Silence => Silence.parse(row.record);
