import {
  cardState,
  civilDate,
  type CardKind,
  type CardOf,
  type HouseholdCardView,
  type OutOfService,
  type Page,
  type WorkCardView,
} from '#libs/contracts';
import { mayReadPersonalData } from '../identity/access.js';
import { record } from '../audit.js';
import type { CommandContext } from '../context.js';
import { maskHouseholdCard, maskWorkCard } from '../identity/masking.js';
import type { ScopedView } from '../identity/scope.js';
import { outOfServiceAmong } from '../registry/out-of-service.js';

/** The two cards as answers. */
export interface CardViewOf {
  work: WorkCardView;
  household: HouseholdCardView;
}

/** As this user may see it, without a word in the log: for what he has just written himself. */
export async function viewOfCard<K extends CardKind>(
  context: CommandContext,
  view: ScopedView,
  kind: K,
  card: CardOf[K],
): Promise<CardViewOf[K]> {
  const [shown] = await viewsOf(context, view, kind, [card]);
  if (!shown) throw new TypeError('a card has one view');
  return shown;
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
  return { ...page, items: await viewsOf(context, view, kind, page.items) };
}

/** With the numbers on each that are out of service, by which a card that was handed out is stale. */
export async function viewsOf<K extends CardKind>(
  context: CommandContext,
  view: ScopedView,
  kind: K,
  cards: readonly CardOf[K][],
): Promise<CardViewOf[K][]> {
  const numbers = cards.map((card) => phonesOn(card));
  const dead = await outOfServiceAmong(
    context,
    numbers.flat().map(({ phone }) => phone),
  );
  const today = civilDate(context.clock.now());
  const open = mayReadPersonalData(view.user);
  return cards.map((card, n) => {
    const outOfService = (numbers[n] ?? []).flatMap(({ field, phone }): OutOfService[] => {
      const of = dead.get(phone);
      return of ? [{ field, ...of }] : [];
    });
    const marked = { ...card, ...(outOfService.length > 0 ? { outOfService } : {}) };
    const state = cardState(marked, today);
    if (open) return { ...marked, state } as CardViewOf[K];
    const masked = kind === 'work' ? maskWorkCard(marked as CardOf['work']) : maskHouseholdCard(marked as CardOf['household']);
    return { ...masked, state } as CardViewOf[K];
  });
}

/** Every number on a card, with the path at which it stands: `phone`, `members.1.phone`, `monitor.phone`. */
function phonesOn(value: object, path: readonly string[] = []): { field: string; phone: string }[] {
  return Object.entries(value).flatMap(([name, inner]: [string, unknown]) => {
    const field = [...path, name];
    if (name === 'phone' && typeof inner === 'string') return [{ field: field.join('.'), phone: inner }];
    return typeof inner === 'object' && inner !== null ? phonesOn(inner, field) : [];
  });
}
