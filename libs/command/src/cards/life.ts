import {
  civilDate,
  Problem,
  staleFields,
  type CardKind,
  type CardOf,
  type CardVersionView,
  type CardWithdraw,
  type Page,
  type PageQuery,
} from '#libs/contracts';
import { mayReadPersonalData } from '../identity/access.js';
import { record } from '../audit.js';
import type { CommandContext } from '../context.js';
import { pageOfList } from '../operation/paging.js';
import type { ScopedView } from '../identity/scope.js';
import { changed } from './register.js';
import { shownCards, viewOfCard, viewsOf, type CardViewOf } from './view.js';

/** @throws Problem out-of-scope */
export async function getCard<K extends CardKind>(context: CommandContext, view: ScopedView, kind: K, id: string): Promise<CardViewOf[K]> {
  const card = await view.card(kind, id);
  const { items } = await shownCards(context, view, kind, { items: [card], nextCursor: null });
  return items[0] as CardViewOf[K];
}

/**
 * Changes what is given and leaves the rest. A card that was handed out becomes stale when anything people act on differs from what they hold,
 * and stops being stale when it is changed back (domain.md §3.1).
 * @throws Problem out-of-scope, version-conflict (`version` is not the stored one), illegal-transition (withdrawn)
 */
export async function changeCard<K extends CardKind>(
  context: CommandContext,
  view: ScopedView,
  kind: K,
  id: string,
  { version, ...change }: { version: number } & Record<string, unknown>,
): Promise<CardViewOf[K]> {
  return moved(context, view, kind, id, 'changed', async (before) => {
    if (before.version !== version)
      throw new Problem('version-conflict', `the card is at version ${before.version}; read it again and repeat the change`, {
        version: before.version,
      });
    const after = { ...before, ...change } as CardOf[K];
    const stale = before.issue ? staleFields(kind, await handedOut(context, kind, before), { ...after }) : [];
    return { ...after, stale };
  });
}

/**
 * Handed out as it stands: three copies, household, village and issuer. Whoever held an earlier one signs again.
 * @param on day it was handed out; today when absent
 * @throws Problem out-of-scope, invalid-request (a day to come), illegal-transition (withdrawn)
 */
export async function issueCard<K extends CardKind>(
  context: CommandContext,
  view: ScopedView,
  kind: K,
  id: string,
  on: string | undefined,
): Promise<CardViewOf[K]> {
  return moved(context, view, kind, id, 'issued', (card) => {
    const { signedOn: _, ...unsigned } = card;
    const day = pastDay(context, on);
    const issue = { version: card.version + 1, on: day, by: view.user.username };
    return { ...unsigned, issue, issuedOn: day, stale: [] } as unknown as CardOf[K];
  });
}

/** @throws Problem out-of-scope, invalid-request (a day before it was handed out, or to come), illegal-transition (not handed out, stale, withdrawn) */
export async function signCard<K extends CardKind>(
  context: CommandContext,
  view: ScopedView,
  kind: K,
  id: string,
  on: string | undefined,
): Promise<CardViewOf[K]> {
  return moved(context, view, kind, id, 'signed', (card) => {
    if (!card.issue || (card.stale?.length ?? 0) > 0)
      throw new Problem('illegal-transition', 'Only a card that was handed out and still holds can be signed: issue it first', {
        legal: ['issue', 'withdraw'],
      });
    const day = pastDay(context, on);
    if (day < card.issue.on) throw new Problem('invalid-request', `body.on: lies before the day the card was handed out, ${card.issue.on}`);
    return { ...card, signedOn: day };
  });
}

/** Nobody is told by it any more. What was stays: who held it when is part of the proof. @throws Problem out-of-scope, illegal-transition */
export async function withdrawCard<K extends CardKind>(
  context: CommandContext,
  view: ScopedView,
  kind: K,
  id: string,
  { reason }: CardWithdraw,
): Promise<CardViewOf[K]> {
  const withdrawn = { on: civilDate(context.clock.now()), by: view.user.username, reason };
  return moved(context, view, kind, id, 'withdrawn', (card) => ({ ...card, withdrawn }));
}

/** Newest first. */
export async function listCardVersions<K extends CardKind>(
  context: CommandContext,
  view: ScopedView,
  kind: K,
  id: string,
  query: PageQuery,
): Promise<Page<CardVersionView<CardViewOf[K]>>> {
  await view.card(kind, id);
  const versions = await context.store.cards.versions(kind, id);
  if (mayReadPersonalData(view.user))
    await record(context, view.user.username, 'personal-data.read', `${kind}-card:${id}`, { versions: true });
  const cards = await viewsOf(
    context,
    view,
    kind,
    versions.map((one) => one.card),
  );
  const shown = versions.map(({ version, changedBy, changedAt }, n) => ({
    version,
    changedBy,
    changedAt,
    card: cards[n] as CardViewOf[K],
  }));
  return pageOfList(shown, ({ version }) => String(1e9 - version).padStart(10, '0'), query);
}

async function living<K extends CardKind>(view: ScopedView, kind: K, id: string): Promise<CardOf[K]> {
  const card = await view.card(kind, id);
  if (card.withdrawn)
    throw new Problem('illegal-transition', `The card was withdrawn on ${card.withdrawn.on}: register a new one`, { legal: [] });
  return card;
}

async function handedOut<K extends CardKind>(context: CommandContext, kind: K, card: CardOf[K]): Promise<Record<string, unknown>> {
  const version = (await context.store.cards.versions(kind, card.id)).find((one) => one.version === card.issue?.version);
  return { ...(version?.card ?? card) };
}

function pastDay(context: CommandContext, on: string | undefined): string {
  const today = civilDate(context.clock.now());
  if (on !== undefined && on > today) throw new Problem('invalid-request', `body.on: ${on} is still to come`);
  return on ?? today;
}

/** One change of a card that still lives, as its next version. */
async function moved<K extends CardKind>(
  context: CommandContext,
  view: ScopedView,
  kind: K,
  id: string,
  what: Parameters<typeof changed>[3],
  change: (card: CardOf[K]) => CardOf[K] | Promise<CardOf[K]>,
): Promise<CardViewOf[K]> {
  const card = await change(await living(view, kind, id));
  const stored = await context.store.cards.update(kind, { ...card, version: card.version + 1 }, view.user.username);
  await changed(context, view, kind, what, stored);
  return viewOfCard(context, view, kind, stored);
}
