import { civilDate, Problem, type CardKind, type CardOf, type FileAnswer } from '#libs/contracts';
import { printPdf } from '#libs/print';
import { record } from '../audit.js';
import type { CommandContext } from '../context.js';
import { wholeFile } from '../operation/file-answer.js';
import type { ScopedView } from '../identity/scope.js';
import { cardForm } from './form.js';

/**
 * A card as PDF: A4, three copies, Chinese fonts inside. It holds everything in the open, so only card keepers get it, and the log says so first.
 * @throws Problem out-of-scope, illegal-transition for a withdrawn card
 */
export async function printCard(context: CommandContext, view: ScopedView, kind: CardKind, id: string): Promise<FileAnswer> {
  const card = await view.card(kind, id);
  if (card.withdrawn)
    throw new Problem('illegal-transition', `The card was withdrawn on ${card.withdrawn.on}: there is nothing to hand out`, { legal: [] });
  await record(context, view.user.username, 'personal-data.read', `${kind}-card:${id}`, { printed: card.version });
  const form = cardForm(kind, [card], {
    countyName: context.settings.current().countyName,
    pointName: (one: CardOf[CardKind]) => context.registry.point(one.hazardPoint)?.name ?? '',
    day: civilDate(context.clock.now()),
  });
  return wholeFile('application/pdf', `${card.number ?? kind}.pdf`, await printPdf(form, context.clock.now()));
}
