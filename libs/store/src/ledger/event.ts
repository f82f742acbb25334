import type { WallEvent, WallEventDraft, WallEventType } from '#libs/contracts';
import type { EventStore } from '#libs/wall';
import type { Sql } from '../sql/database.js';
import type { Statement } from '../sql/statement.js';

/** Wall events as the ledger wrote them, oldest first. */
export function pgEvents(db: Sql): EventStore {
  return {
    lastSeq: () => lastEventSeq(db),
    async since(offset, scope, limit) {
      const rows = await db.query<Row>(
        `select seq, id, type, at, division_code, payload from wall.event
          where seq > $1 and (division_code = '' or starts_with(division_code, $2)) order by seq limit $3`,
        [offset, scope, limit],
      );
      return rows.map(eventOf);
    },
    async ofType(type, from) {
      const rows = await db.query<Row>(
        'select seq, id, type, at, division_code, payload from wall.event where type = $1 and at >= $2 order by seq',
        [type, new Date(from).toISOString()],
      );
      return rows.map(eventOf);
    },
  };
}

interface Row {
  seq: number;
  id: string;
  type: WallEventType;
  at: number;
  division_code: string;
  payload: unknown;
}
const eventOf = (row: Row): WallEvent => ({
  seq: row.seq,
  id: row.id,
  type: row.type,
  at: row.at,
  divisionCode: row.division_code,
  payload: row.payload,
});

/** 0 before the first event. */
export async function lastEventSeq(sql: Sql): Promise<number> {
  const [row] = await sql.query<{ last: number }>('select coalesce(max(seq), 0)::bigint as last from wall.event');
  return row?.last ?? 0;
}

/** Which of these ids are stored already. */
async function storedIds(sql: Sql, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await sql.query<{ id: string }>('select id from wall.event where id = any($1)', [ids]);
  return new Set(rows.map((row) => row.id));
}

/**
 * Gives the drafts that are new their places after `lastSeq` and writes them; `placed` reads its answer. A draft whose id is stored, or was
 * given before, yields no second event. The caller is the only writer until its transaction ends.
 */
export const placeEvents = (drafts: readonly WallEventDraft[], lastSeq: number): Statement => ({
  name: 'place-events',
  text: `
    with draft as (
      select distinct on (id) * from unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[], $5::json[])
        with ordinality as d (id, type, at, division_code, payload, place)
      order by id, place
    ), fresh as (
      select *, row_number() over (order by place) as n from draft d where not exists (select from wall.event e where e.id = d.id)
    )
    insert into wall.event (seq, id, type, at, division_code, payload)
    select $6::bigint + n, id, type, at, division_code, payload from fresh
    returning seq, id`,
  values: [...eventColumns(drafts), lastSeq],
});

/** The events that were written, in their order. */
export function placed(drafts: readonly WallEventDraft[], answer: readonly object[]): WallEvent[] {
  const byId = new Map(drafts.toReversed().map((draft) => [draft.id, draft]));
  return (answer as readonly { seq: number; id: string }[])
    .flatMap(({ seq, id }) => {
      const draft = byId.get(id);
      return draft ? [{ ...draft, seq }] : [];
    })
    .toSorted((a, b) => a.seq - b.seq);
}

/**
 * Writes events that have their places already (from the journal); those stored are left as they are. A place taken by an
 * event nobody knew was committed before the database went away is not worth losing the newer one: it goes to the end.
 */
export async function importEvents(sql: Sql, events: readonly WallEvent[]): Promise<void> {
  const known = await storedIds(
    sql,
    events.map((event) => event.id),
  );
  const missing = events.filter((event) => !known.has(event.id));
  if (missing.length === 0) return;
  const rows = await sql.query<{ seq: number }>('select seq from wall.event where seq = any($1)', [missing.map((event) => event.seq)]);
  const taken = new Set(rows.map((row) => row.seq));
  let last = Math.max(await lastEventSeq(sql), ...missing.map((event) => event.seq));
  await insertEvents(
    sql,
    missing.map((event) => (taken.has(event.seq) ? { ...event, seq: (last += 1) } : event)),
  );
}

async function insertEvents(sql: Sql, events: readonly WallEvent[]): Promise<void> {
  await sql.run(
    `insert into wall.event (seq, id, type, at, division_code, payload)
     select * from unnest($1::bigint[], $2::text[], $3::text[], $4::timestamptz[], $5::text[], $6::json[])`,
    [events.map((event) => event.seq), ...eventColumns(events)],
  );
}

/** In the order id, type, at, division_code, payload. */
const eventColumns = (events: readonly WallEventDraft[]): unknown[] => [
  events.map((event) => event.id),
  events.map((event) => event.type),
  events.map((event) => new Date(event.at).toISOString()),
  events.map((event) => event.divisionCode),
  events.map((event) => JSON.stringify(event.payload ?? null)),
];
