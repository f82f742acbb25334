import type { CardStore } from '#libs/command';
import { HouseholdCard, Problem, WorkCard, toIso, type Page, type PageQuery } from '#libs/contracts';
import type { DataKey } from '#libs/platform';
import { openCard, sealCard, type CardKind } from './card-seal.js';
import { at, type Sql } from './database.js';
import { DataRefused } from './errors.js';
import { pageKey, toPage } from './record-page.js';

/** Both 明白卡. Answers hold personal data in the open: masking by role is the caller's. */
export function pgCards(db: Sql, key: DataKey): CardStore {
  const work = { kind: 'work', of: (row: Row) => WorkCard.parse(plain(key, 'work', row)) } as const;
  const household = { kind: 'household', of: (row: Row) => HouseholdCard.parse(plain(key, 'household', row)) } as const;
  return {
    insertWorkCard: async (card, id, division) => work.of(await insert(db, key, 'work', card, id, division)),
    insertHouseholdCard: async (card, id, division) => household.of(await insert(db, key, 'household', card, id, division)),
    listWorkCards: (query) => list(db, work.kind, query, work.of),
    listHouseholdCards: (query) => list(db, household.kind, query, household.of),
    async cardsOf(hazardPoint) {
      return {
        workCards: (await all(db, 'work', hazardPoint)).map(work.of),
        householdCards: (await all(db, 'household', hazardPoint)).map(household.of),
      };
    },
  };
}

interface Row {
  id: string;
  record: Record<string, unknown>;
  personal: string;
  version: number;
  created_at: number;
  updated_at: number;
}

const plain = (key: DataKey, kind: CardKind, row: Row): unknown => ({
  ...openCard(key, kind, row),
  id: row.id,
  version: row.version,
  createdAt: toIso(row.created_at),
  updatedAt: toIso(row.updated_at),
});

async function insert(db: Sql, key: DataKey, kind: CardKind, card: { hazardPoint: string }, id: string, division: string): Promise<Row> {
  const { record, personal, phoneHashes } = sealCard(key, kind, card);
  try {
    const [row] = await db.query<Row>(
      `insert into command.${kind}_card (id, hazard_point, division_code, record, personal, phone_hashes)
       values ($1, $2, $3, $4, $5, $6) on conflict (id) do nothing returning *`,
      [id, card.hazardPoint, division, JSON.stringify(record), personal, phoneHashes],
    );
    if (!row) throw new Problem('already-exists', `${kind} card ${id} exists already`);
    return row;
  } catch (error) {
    if (error instanceof DataRefused && error.sqlState === '23503')
      throw new Problem('not-found', `no hazard point ${card.hazardPoint}; register it before its cards`);
    throw error;
  }
}

/** Oldest first: a card keeps its place in the list while others are added. */
async function list<T>(
  db: Sql,
  kind: CardKind,
  query: PageQuery & { hazardPoint?: string; scope: string },
  cardOf: (row: Row) => T,
): Promise<Page<T>> {
  const after = pageKey(query.cursor);
  const rows = await db.query<Row>(
    `select * from command.${kind}_card
      where starts_with(division_code, $1) and ($2::text is null or hazard_point = $2)
        and ($3::timestamptz is null or (created_at, id) > ($3, $4::text))
      order by created_at, id limit $5`,
    [query.scope, query.hazardPoint ?? null, after ? at(Number(after[0])) : null, after?.[1] ?? '', query.limit + 1],
  );
  return toPage(rows, query.limit, (row) => [row.created_at, row.id], cardOf);
}

const all = (db: Sql, kind: CardKind, hazardPoint: string): Promise<Row[]> =>
  db.query<Row>(`select * from command.${kind}_card where hazard_point = $1 order by created_at, id`, [hazardPoint]);
