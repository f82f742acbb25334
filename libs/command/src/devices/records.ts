import { Problem, toIso, type AnswerOf, type AuditVerification, type AuditView, type Page, type PageQuery } from '#libs/contracts';
import { record } from '../audit.js';
import type { CommandContext } from '../context.js';
import { pageOfList } from '../operation/paging.js';
import type { ScopedView } from '../identity/scope.js';

/** What could not be read, with its bytes. */
export async function listQuarantine(view: ScopedView, query: PageQuery): Promise<Page<AnswerOf<'listQuarantine'>['items'][number]>> {
  const page = await view.quarantine(query);
  return {
    ...page,
    items: page.items.map((item) => ({
      ...item,
      payload: Buffer.from(item.payload).toString('base64'),
      receivedAt: toIso(item.receivedAt),
    })),
  };
}

/** The log in order, from after `after` (or `cursor`, which is the same number). For those who see the whole station. */
export async function listAudit(
  context: CommandContext,
  view: ScopedView,
  query: PageQuery & { after?: number },
): Promise<Page<AuditView>> {
  view.requireWholeStation('The audit log');
  const after = query.cursor === undefined ? (query.after ?? 0) : Number(query.cursor);
  if (!Number.isSafeInteger(after) || after < 0)
    throw new Problem('invalid-request', 'cursor: not one this list has given; start again without it');
  const items = await context.store.audit.list(after, query.limit);
  const last = items.at(-1);
  return { items, nextCursor: items.length === query.limit && last ? String(last.seq) : null };
}

/** Where providers push to. The addresses bear secrets: who reads them is on record. */
export async function listHooks(context: CommandContext, view: ScopedView, query: PageQuery): Promise<AnswerOf<'listHooks'>> {
  view.requireArea(context.settings.current().divisionCode);
  await record(context, view.user.username, 'hooks.read', 'system:hooks');
  return pageOfList([...context.hooks()], (hook) => hook.driver, query);
}

export async function verifyAudit(context: CommandContext, view: ScopedView): Promise<AuditVerification> {
  view.requireWholeStation('The audit log');
  return context.store.audit.verify();
}
