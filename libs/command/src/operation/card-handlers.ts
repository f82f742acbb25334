import type { CardKind, CardWithdraw, PageQuery } from '#libs/contracts';
import type { CommandContext } from '../context.js';
import { changeCard, getCard, issueCard, listCardVersions, signCard, withdrawCard } from '../cards/life.js';
import { printCard } from '../cards/print-cards.js';
import { createHouseholdCard, createWorkCard, listHouseholdCards, listWorkCards } from '../cards/register.js';
import type { ScopedView } from '../identity/scope.js';

interface OfCard {
  view: ScopedView;
  params: { id: string };
}
type Day = OfCard & { body: { on?: string | undefined } };

/** What can be done with one card, the same for both kinds. */
const lifeOf = <K extends CardKind>(kind: K) => ({
  get: (context: CommandContext, { view, params }: OfCard) => getCard(context, view, kind, params.id),
  change: (context: CommandContext, { view, params, body }: OfCard & { body: { version: number } }) =>
    changeCard(context, view, kind, params.id, body),
  issue: (context: CommandContext, { view, params, body }: Day) => issueCard(context, view, kind, params.id, body.on),
  sign: (context: CommandContext, { view, params, body }: Day) => signCard(context, view, kind, params.id, body.on),
  withdraw: (context: CommandContext, { view, params, body }: OfCard & { body: CardWithdraw }) =>
    withdrawCard(context, view, kind, params.id, body),
  versions: (context: CommandContext, { view, params, query }: OfCard & { query: PageQuery }) =>
    listCardVersions(context, view, kind, params.id, query),
  print: (context: CommandContext, { view, params }: OfCard) => printCard(context, view, kind, params.id),
});
const work = lifeOf('work');
const household = lifeOf('household');

/** Operations on cards → use cases (handlers.ts). */
export const cardHandlers = {
  createWorkCard: (context: CommandContext, { view, body }: { view: ScopedView; body: Parameters<typeof createWorkCard>[2] }) =>
    createWorkCard(context, view, body),
  listWorkCards: (context: CommandContext, { view, query }: { view: ScopedView; query: Parameters<typeof listWorkCards>[2] }) =>
    listWorkCards(context, view, query),
  getWorkCard: work.get,
  changeWorkCard: work.change,
  issueWorkCard: work.issue,
  signWorkCard: work.sign,
  withdrawWorkCard: work.withdraw,
  listWorkCardVersions: work.versions,
  printWorkCard: work.print,
  createHouseholdCard: (context: CommandContext, { view, body }: { view: ScopedView; body: Parameters<typeof createHouseholdCard>[2] }) =>
    createHouseholdCard(context, view, body),
  listHouseholdCards: (context: CommandContext, { view, query }: { view: ScopedView; query: Parameters<typeof listHouseholdCards>[2] }) =>
    listHouseholdCards(context, view, query),
  getHouseholdCard: household.get,
  changeHouseholdCard: household.change,
  issueHouseholdCard: household.issue,
  signHouseholdCard: household.sign,
  withdrawHouseholdCard: household.withdraw,
  listHouseholdCardVersions: household.versions,
  printHouseholdCard: household.print,
};
