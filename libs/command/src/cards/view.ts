import {
  cardState,
  civilDate,
  type CardKind,
  type CardOf,
  type CardState,
  type HouseholdCardView,
  type Page,
  type WorkCardView,
} from '#libs/contracts';
import { mayReadPersonalData } from '../identity/access.js';
import { record } from '../audit.js';
import type { CommandContext } from '../context.js';
import { maskHouseholdCard, maskWorkCard } from '../identity/masking.js';
import type { ScopedView } from '../identity/scope.js';

/** The two cards as answers. */
export interface CardViewOf {
  work: WorkCardView;
  household: HouseholdCardView;
}

/** As this user may see it, without a word in the log: for what he has just written himself. */
export function viewOfCard<K extends CardKind>(context: CommandContext, view: ScopedView, kind: K, card: CardOf[K]): CardViewOf[K] {
  const state: CardState = cardState(card, civilDate(context.clock.now()));
  if (mayReadPersonalData(view.user)) return { ...card, state } as CardViewOf[K];
  const masked = kind === 'work' ? maskWorkCard(card as CardOf['work']) : maskHouseholdCard(card as CardOf['household']);
  return { ...masked, state } as CardViewOf[K];
}

/** As this user may see them; whoever sees names and numbers is noted before they leave. */
export async function shownCards<K extends CardKind>(
  context: CommandContext,
  view: ScopedView,
  kind: K,
  page: Page<CardOf[K]>,
): Promise<Page<CardViewOf[K]>> {
  if (mayReadPersonalData(view.user) && page.items.length > 0)
    await record(context, view.user.username, 'personal-data.read', `${kind}-cards`, { cards: page.items.map(({ id }) => id) });
  return { ...page, items: page.items.map((card) => viewOfCard(context, view, kind, card)) };
}
