import type { SilenceStore } from '#libs/command';
import { Silence, spanEnd, toIso } from '#libs/contracts';
import type { Sql } from '../sql/database.js';
import { pageKey, toPage } from '../sql/record-page.js';
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
  async list({ scope, hazardPoint, openAt, limit, cursor }) {
    const [before, beforeId] = pageKey(cursor) ?? [null, ''];
    const rows = await db.query<Row>(
      `select id, from_at, record from command.silence
       where (starts_with(division_code, $1) or (hazard_point is null and starts_with($1, division_code))) and ($2::text is null or hazard_point = $2) and ($3::timestamptz is null or ends_at > $3)
         and ($4::bigint is null or (from_at, id) < (timestamptz 'epoch' + $4::bigint * interval '1 millisecond', $5))
       order by from_at desc, id desc limit $6`,
      [scope, hazardPoint ?? null, openAt === undefined ? null : toIso(openAt), before, beforeId, limit + 1],
    );
    return toPage(rows, limit, (row) => [row.from_at, row.id], silenceOf);
  },
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
