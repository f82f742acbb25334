import type { CardStore } from '#libs/command';
import type { HouseholdCard, WorkCard } from '#libs/contracts';

/** Cards read at once while loading. */
const PAGE = 500;

export interface CardsOfPoint {
  workCards: WorkCard[];
  householdCards: HouseholdCard[];
}

/** Who is on the cards of each point: a warning's recipients when the database can't be asked. */
export class CardMirror {
  readonly #points = new Map<string, CardsOfPoint>();

  async load(cards: CardStore): Promise<void> {
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page = await cards.listWorkCards({ scope: '', limit: PAGE, ...(cursor === undefined ? {} : { cursor }) });
      for (const card of page.items) this.of(card.hazardPoint).workCards.push(card);
      cursor = page.nextCursor;
    }
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page = await cards.listHouseholdCards({ scope: '', limit: PAGE, ...(cursor === undefined ? {} : { cursor }) });
      for (const card of page.items) this.of(card.hazardPoint).householdCards.push(card);
      cursor = page.nextCursor;
    }
  }

  of(hazardPoint: string): CardsOfPoint {
    const known = this.#points.get(hazardPoint) ?? { workCards: [], householdCards: [] };
    this.#points.set(hazardPoint, known);
    return known;
  }

  all(): IterableIterator<[string, CardsOfPoint]> {
    return this.#points.entries();
  }
}

/** Cards, in the database; a point's recipients also when it can't be asked. */
export const mirroredCards = (
  cards: CardStore,
  mirror: CardMirror,
  ask: <T>(database: () => Promise<T>, otherwise: () => T | undefined) => Promise<T>,
  changed: () => void,
): CardStore => ({
  listWorkCards: (query) => cards.listWorkCards(query),
  listHouseholdCards: (query) => cards.listHouseholdCards(query),
  insertWorkCard: async (...args) => {
    const card = await cards.insertWorkCard(...args);
    mirror.of(card.hazardPoint).workCards.push(card);
    changed();
    return card;
  },
  insertHouseholdCard: async (...args) => {
    const card = await cards.insertHouseholdCard(...args);
    mirror.of(card.hazardPoint).householdCards.push(card);
    changed();
    return card;
  },
  cardsOf: (hazardPoint) =>
    ask(
      () => cards.cardsOf(hazardPoint),
      () => mirror.of(hazardPoint),
    ),
});
