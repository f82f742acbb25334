import { Problem, type AcknowledgeBody, type CalloutReport, type Page, type QueryOf, type ReplyRecord } from '#libs/contracts';
import { record } from '../audit.js';
import type { CommandContext } from '../context.js';
import type { ScopedView } from '../identity/scope.js';
import { replyView, reportOf, showing, type Showing } from './report.js';

/** Notes the answer of a household, as the user of the session. @throws Problem out-of-scope, not-found */
export async function acknowledgeHousehold(
  context: CommandContext,
  view: ScopedView,
  id: string,
  card: string,
  body: AcknowledgeBody,
): Promise<CalloutReport> {
  return note(context, view, id, `household:${card}`, body);
}

/** Notes the answer of whoever one message was for. @throws Problem out-of-scope, not-found */
export async function acknowledgeDelivery(
  context: CommandContext,
  view: ScopedView,
  id: string,
  delivery: string,
  body: AcknowledgeBody,
): Promise<CalloutReport> {
  const warning = await view.warning(id);
  const found = (await context.store.callouts.deliveries(warning.id)).find((one) => one.id === delivery);
  if (!found) throw new Problem('not-found', `warning ${id} has no delivery ${delivery}`);
  return note(context, view, id, found.recipient, body);
}

async function note(
  context: CommandContext,
  view: ScopedView,
  id: string,
  subject: string,
  { answer, note: text }: AcknowledgeBody,
): Promise<CalloutReport> {
  const warning = await view.warning(id);
  const at = context.clock.now();
  await context.callouts.answered(warning.id, subject, { ack: answer, via: 'app', by: view.user.username, at }, text);
  return reportOf(context, view, id);
}

type ReplyPage = Page<ReturnType<typeof replyView> & { warning: string | null }>;

/** What people answered, newest first, those of unknown numbers included. @throws Problem out-of-scope */
export async function listReplies(
  context: CommandContext,
  view: ScopedView,
  { warning, ...page }: QueryOf<'listReplies'>,
): Promise<ReplyPage> {
  if (warning !== undefined) await view.warning(warning);
  const { items, nextCursor } = await context.store.callouts.listReplies({
    ...page,
    scope: view.user.scope,
    ...(warning === undefined ? {} : { warning }),
  });
  const shown = await manyShowing(context, view, items);
  if (shown.full && items.length > 0)
    await record(context, view.user.username, 'personal-data.read', `replies:${warning ?? 'all'}`, { count: items.length });
  return { items: items.map((reply) => ({ ...replyView(reply, null, shown), warning: reply.warningId })), nextCursor };
}

/** Of several points no card says which words are names: whoever may not read them gets the meaning, not the text. */
async function manyShowing(context: CommandContext, view: ScopedView, replies: readonly ReplyRecord[]): Promise<Showing> {
  const shown = await showing(context, view.user);
  return shown.full || replies.length === 0 ? shown : { ...shown, text: () => '***' };
}
