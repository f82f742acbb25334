import { randomUUID } from 'node:crypto';
import type {
  CardKind,
  CardOf,
  HouseholdCardCreate,
  HouseholdCardView,
  Page,
  PageQuery,
  WorkCardCreate,
  WorkCardView,
} from '#libs/contracts';
import { record } from '../audit.js';
import type { CommandContext } from '../context.js';
import type { ScopedView } from '../identity/scope.js';
import { shownCards, viewOfCard, type CardViewOf } from './view.js';

type CardQuery = PageQuery & { hazardPoint?: string };

/** @throws Problem out-of-scope when the point is not in the user's area */
export const createWorkCard = (context: CommandContext, view: ScopedView, input: WorkCardCreate): Promise<WorkCardView> =>
  create(context, view, 'work', input);

/** @throws Problem out-of-scope when the point is not in the user's area */
export const createHouseholdCard = (context: CommandContext, view: ScopedView, input: HouseholdCardCreate): Promise<HouseholdCardView> =>
  create(context, view, 'household', input);

export async function listWorkCards(context: CommandContext, view: ScopedView, query: CardQuery): Promise<Page<WorkCardView>> {
  if (query.hazardPoint !== undefined) view.point(query.hazardPoint);
  return shownCards(context, view, 'work', await view.workCards(query));
}

export async function listHouseholdCards(context: CommandContext, view: ScopedView, query: CardQuery): Promise<Page<HouseholdCardView>> {
  if (query.hazardPoint !== undefined) view.point(query.hazardPoint);
  return shownCards(context, view, 'household', await view.householdCards(query));
}

/** A card that names its day of issue was handed out as it stands: the first version is what people hold. */
export async function insertCard<K extends CardKind>(
  context: CommandContext,
  view: ScopedView,
  kind: K,
  input: WorkCardCreate | HouseholdCardCreate,
): Promise<CardOf[K]> {
  const point = view.point(input.hazardPoint);
  const by = view.user.username;
  const card = { ...input, ...(input.issuedOn === undefined ? {} : { issue: { version: 1, on: input.issuedOn, by } }) };
  const { cards } = context.store;
  const stored =
    kind === 'work'
      ? await cards.insertWorkCard(card as WorkCardCreate, randomUUID(), point.divisionCode, by)
      : await cards.insertHouseholdCard(card as HouseholdCardCreate, randomUUID(), point.divisionCode, by);
  await changed(context, view, kind, 'created', stored);
  return stored as CardOf[K];
}

async function create<K extends CardKind>(
  context: CommandContext,
  view: ScopedView,
  kind: K,
  input: WorkCardCreate | HouseholdCardCreate,
): Promise<CardViewOf[K]> {
  return viewOfCard(context, view, kind, await insertCard(context, view, kind, input));
}

/** Whoever plans messages looks again, and the log says who did what. */
export async function changed(
  context: CommandContext,
  view: ScopedView,
  kind: CardKind,
  what: 'created' | 'changed' | 'issued' | 'signed' | 'withdrawn',
  card: { id: string; hazardPoint: string; version: number },
): Promise<void> {
  await context.bus.publish('registry.changed', { points: [card.hazardPoint] });
  await record(context, view.user.username, `${kind}-card.${what}`, `${kind}-card:${card.id}`, {
    hazardPoint: card.hazardPoint,
    version: card.version,
  });
}
