import type { CardStore, CardVersion } from '#libs/command';
import { HouseholdCard, Problem, WorkCard, toIso, type CardKind, type CardOf, type Page, type PageQuery } from '#libs/contracts';
import type { DataKey } from '#libs/platform';
import { openCard, sealCard } from './card-seal.js';
import type { Database, Sql } from '../sql/database.js';
import { DataRefused } from '../sql/errors.js';
import { pageInTime } from '../sql/record-page.js';

/** Both 明白卡. Answers hold personal data in the open: masking by role is the caller's. */
export function pgCards(db: Database, key: DataKey): CardStore {
  return {
    insertWorkCard: (card, id, division, by) => insert(db, key, 'work', card, id, division, by),
    insertHouseholdCard: (card, id, division, by) => insert(db, key, 'household', card, id, division, by),
    listWorkCards: (query) => list(db, key, 'work', query),
    listHouseholdCards: (query) => list(db, key, 'household', query),
    async find(kind, id) {
      const [row] = await db.query<Row>(`select * from command.${kind}_card where id = $1`, [id]);
      return row && cardOf(key, kind, row);
    },
    update: (kind, card, by) => update(db, key, kind, card, by),
    versions: (kind, id) => versions(db, key, kind, id),
    async cardsOf(hazardPoint) {
      const [workCards, householdCards] = await Promise.all([all(db, key, 'work', hazardPoint), all(db, key, 'household', hazardPoint)]);
      return { workCards, householdCards };
    },
  };
}

interface Row {
  id: string;
  number: string;
  record: Record<string, unknown>;
  personal: string;
  version: number;
  created_at: number;
  updated_at: number;
}

/** What the columns say stands above what the record says. */
const columns = ['id', 'number', 'version', 'createdAt', 'updatedAt'];
const letter: Readonly<Record<CardKind, string>> = { work: 'W', household: 'H' };

function cardOf<K extends CardKind>(key: DataKey, kind: K, row: Row): CardOf[K] {
  const { id, number, version, created_at, updated_at } = row;
  const plain = { ...openCard(key, kind, row), id, number, version, createdAt: toIso(created_at), updatedAt: toIso(updated_at) };
  return (kind === 'work' ? WorkCard.parse(plain) : HouseholdCard.parse(plain)) as CardOf[K];
}

async function insert<K extends CardKind>(
  db: Database,
  key: DataKey,
  kind: K,
  card: { hazardPoint: string },
  id: string,
  division: string,
  by: string,
): Promise<CardOf[K]> {
  const { record, personal, phoneHashes } = sealCard(key, kind, card);
  try {
    return await db.tx(async (sql) => {
      // Two people registering cards of one point wait for each other: its numbers run without a gap and none is given twice.
      await sql.run('select pg_advisory_xact_lock(hashtext($1))', [`card:${kind}:${card.hazardPoint}`]);
      const [row] = await sql.query<Row>(
        `insert into command.${kind}_card (id, hazard_point, division_code, number, record, personal, phone_hashes)
         select $1, $2, $3, $2 || '-${letter[kind]}' || lpad((count(*) + 1)::text, greatest(3, length((count(*) + 1)::text)), '0'), $4, $5, $6
           from command.${kind}_card where hazard_point = $2
         on conflict (id) do nothing returning *`,
        [id, card.hazardPoint, division, JSON.stringify(record), personal, phoneHashes],
      );
      if (!row) throw new Problem('already-exists', `${kind} card ${id} exists already`);
      await remember(sql, kind, row, division, by);
      return cardOf(key, kind, row);
    });
  } catch (error) {
    if (error instanceof DataRefused && error.sqlState === '23503')
      throw new Problem('not-found', `no hazard point ${card.hazardPoint}; register it before its cards`);
    throw error;
  }
}

async function update<K extends CardKind>(db: Database, key: DataKey, kind: K, card: CardOf[K], by: string): Promise<CardOf[K]> {
  const contents = Object.fromEntries(Object.entries(card).filter(([name]) => !columns.includes(name)));
  const { record, personal, phoneHashes } = sealCard(key, kind, contents);
  return db.tx(async (sql) => {
    const [row] = await sql.query<Row & { division_code: string }>(
      `update command.${kind}_card set record = $2, personal = $3, phone_hashes = $4, version = $5, change_seq = nextval('store.change_seq'),
              updated_at = date_trunc('milliseconds', now())
        where id = $1 and version = $5 - 1 returning *`,
      [card.id, JSON.stringify(record), personal, phoneHashes, card.version],
    );
    if (row) {
      await remember(sql, kind, row, row.division_code, by);
      return cardOf(key, kind, row);
    }
    const [stored] = await sql.query<{ version: number }>(`select version from command.${kind}_card where id = $1`, [card.id]);
    if (!stored) throw new Problem('not-found', `no ${kind} card ${card.id}`);
    throw new Problem('version-conflict', `the card is at version ${stored.version}; read it again and repeat the change`, {
      version: stored.version,
    });
  });
}

const remember = (sql: Sql, kind: CardKind, row: Row, division: string, by: string): Promise<number> =>
  sql.run(
    `insert into command.card_version (kind, card_id, version, division_code, record, personal, changed_by) values ($1, $2, $3, $4, $5, $6, $7)`,
    [kind, row.id, row.version, division, JSON.stringify(row.record), row.personal, by],
  );

async function versions<K extends CardKind>(db: Sql, key: DataKey, kind: K, id: string): Promise<CardVersion<CardOf[K]>[]> {
  const rows = await db.query<Row & { changed_by: string; changed_at: number }>(
    `select c.id, c.number, c.created_at, v.record, v.personal, v.version, v.changed_by, v.changed_at, v.changed_at as updated_at
       from command.card_version v join command.${kind}_card c on c.id = v.card_id
      where v.kind = $1 and v.card_id = $2 order by v.version desc`,
    [kind, id],
  );
  return rows.map((row) => ({
    version: row.version,
    changedBy: row.changed_by,
    changedAt: toIso(row.changed_at),
    card: cardOf(key, kind, row),
  }));
}

/** Oldest first: a card keeps its place in the list while others are added. */
const list = <K extends CardKind>(
  db: Sql,
  key: DataKey,
  kind: K,
  { scope, hazardPoint, ...page }: PageQuery & { hazardPoint?: string; scope: string },
): Promise<Page<CardOf[K]>> =>
  pageInTime<Row, CardOf[K]>(
    db,
    {
      table: `command.${kind}_card`,
      columns: '*',
      time: 'created_at',
      where: 'starts_with(division_code, $1) and ($2::text is null or hazard_point = $2)',
      values: [scope, hazardPoint ?? null],
      oldestFirst: true,
    },
    page,
    (row) => cardOf(key, kind, row),
  );

/** Those in force: a withdrawn card tells nobody. */
async function all<K extends CardKind>(db: Sql, key: DataKey, kind: K, hazardPoint: string): Promise<CardOf[K][]> {
  const rows = await db.query<Row>(
    `select * from command.${kind}_card where hazard_point = $1 and not record ? 'withdrawn' order by created_at, id`,
    [hazardPoint],
  );
  return rows.map((row) => cardOf(key, kind, row));
}
