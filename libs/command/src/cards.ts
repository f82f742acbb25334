import { randomUUID } from 'node:crypto';
import type {
  HouseholdCard,
  HouseholdCardCreate,
  HouseholdCardView,
  Page,
  PageQuery,
  WorkCard,
  WorkCardCreate,
  WorkCardView,
} from '#libs/contracts';
import { mayReadPersonalData } from './access.js';
import { record } from './audit.js';
import type { CommandContext } from './context.js';
import { maskHouseholdCard, maskWorkCard } from './masking.js';
import type { ScopedView } from './scope.js';

type CardQuery = PageQuery & { hazardPoint?: string };

/** @throws Problem out-of-scope when the point is not in the user's area */
export async function createWorkCard(context: CommandContext, view: ScopedView, input: WorkCardCreate): Promise<WorkCardView> {
  const point = view.point(input.hazardPoint);
  const card = await context.store.cards.insertWorkCard(input, randomUUID(), point.divisionCode);
  await created(context, view, 'work-card', card);
  return mayReadPersonalData(view.user) ? card : maskWorkCard(card);
}

/** @throws Problem out-of-scope when the point is not in the user's area */
export async function createHouseholdCard(
  context: CommandContext,
  view: ScopedView,
  input: HouseholdCardCreate,
): Promise<HouseholdCardView> {
  const point = view.point(input.hazardPoint);
  const card = await context.store.cards.insertHouseholdCard(input, randomUUID(), point.divisionCode);
  await created(context, view, 'household-card', card);
  return mayReadPersonalData(view.user) ? card : maskHouseholdCard(card);
}

export async function listWorkCards(context: CommandContext, view: ScopedView, query: CardQuery): Promise<Page<WorkCardView>> {
  if (query.hazardPoint !== undefined) view.point(query.hazardPoint);
  const page = await view.workCards(query);
  return shown(context, view, 'work-cards', page, maskWorkCard);
}

export async function listHouseholdCards(context: CommandContext, view: ScopedView, query: CardQuery): Promise<Page<HouseholdCardView>> {
  if (query.hazardPoint !== undefined) view.point(query.hazardPoint);
  const page = await view.householdCards(query);
  return shown(context, view, 'household-cards', page, maskHouseholdCard);
}

/** The log is written before the data leaves. */
async function shown<C extends WorkCard | HouseholdCard, V>(
  context: CommandContext,
  view: ScopedView,
  object: string,
  page: Page<C>,
  mask: (card: C) => V,
): Promise<Page<C | V>> {
  if (!mayReadPersonalData(view.user)) return { ...page, items: page.items.map(mask) };
  if (page.items.length > 0)
    await record(context, view.user.username, 'personal-data.read', object, { cards: page.items.map((card) => card.id) });
  return page;
}

async function created(context: CommandContext, view: ScopedView, kind: string, card: WorkCard | HouseholdCard): Promise<void> {
  await context.bus.publish('registry.changed', { points: [card.hazardPoint] });
  await record(context, view.user.username, `${kind}.created`, `${kind}:${card.id}`, { hazardPoint: card.hazardPoint });
}
