import type { CardStore } from '#libs/command';
import type { CardKind, CardOf, HouseholdCard, WorkCard } from '#libs/contracts';

/** Cards read at once while loading. */
const PAGE = 500;

export interface CardsOfPoint {
  workCards: WorkCard[];
  householdCards: HouseholdCard[];
}
const placeOf = { work: 'workCards', household: 'householdCards' } as const satisfies Record<CardKind, keyof CardsOfPoint>;

/** Who is on the cards of each point: a warning's recipients when the database can't be asked. Withdrawn cards are not in it. */
export class CardMirror {
  readonly #points = new Map<string, CardsOfPoint>();

  async load(cards: CardStore): Promise<void> {
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page = await cards.listWorkCards({ scope: '', limit: PAGE, ...(cursor === undefined ? {} : { cursor }) });
      for (const card of page.items) this.put('work', card);
      cursor = page.nextCursor;
    }
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page = await cards.listHouseholdCards({ scope: '', limit: PAGE, ...(cursor === undefined ? {} : { cursor }) });
      for (const card of page.items) this.put('household', card);
      cursor = page.nextCursor;
    }
  }

  of(hazardPoint: string): CardsOfPoint {
    const known = this.#points.get(hazardPoint) ?? { workCards: [], householdCards: [] };
    this.#points.set(hazardPoint, known);
    return known;
  }

  /** A new card, or one that changed, at its old place. */
  put<K extends CardKind>(kind: K, card: CardOf[K]): CardOf[K] {
    const cards = this.of(card.hazardPoint)[placeOf[kind]] as CardOf[K][];
    const place = cards.findIndex(({ id }) => id === card.id);
    const taken = place < 0 ? cards.length : place;
    cards.splice(taken, 1, ...(card.withdrawn ? [] : [card]));
    return card;
  }

  all(): IterableIterator<[string, CardsOfPoint]> {
    return this.#points.entries();
  }
}

/** Cards, in the database; a point's recipients also when it can't be asked. */
export function mirroredCards(
  cards: CardStore,
  mirror: CardMirror,
  ask: <T>(database: () => Promise<T>, otherwise: () => T | undefined) => Promise<T>,
  changed: () => void,
): CardStore {
  const put = <K extends CardKind>(kind: K, card: CardOf[K]): CardOf[K] => {
    mirror.put(kind, card);
    changed();
    return card;
  };
  return {
    ...cards,
    insertWorkCard: async (...args) => put('work', await cards.insertWorkCard(...args)),
    insertHouseholdCard: async (...args) => put('household', await cards.insertHouseholdCard(...args)),
    update: async (kind, ...args) => put(kind, await cards.update(kind, ...args)),
    cardsOf: (hazardPoint) =>
      ask(
        () => cards.cardsOf(hazardPoint),
        () => mirror.of(hazardPoint),
      ),
  };
}
