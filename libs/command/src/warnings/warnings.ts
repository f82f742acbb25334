import {
  WarningAction,
  type DeliveryView,
  type Page,
  type PageQuery,
  type QueryOf,
  type WarningActionBody,
  type WarningView,
} from '#libs/contracts';
import { mayReadPersonalData } from '../identity/access.js';
import { record } from '../audit.js';
import type { CommandContext } from '../context.js';
import { isReference, maskDelivery, namesOn } from '../identity/masking.js';
import { recipientNames } from '../registry/recipients.js';
import { pageOfList } from '../operation/paging.js';
import type { ScopedView } from '../identity/scope.js';
import { actionNamed } from './action-word.js';

/** Newest first. `state` may name several, joined by commas. @throws Problem out-of-scope */
export async function listWarnings(context: CommandContext, view: ScopedView, query: QueryOf<'listWarnings'>): Promise<Page<WarningView>> {
  if (query.hazardPoint !== undefined) view.point(query.hazardPoint);
  const { items, nextCursor } = await view.warnings(query);
  return { items: items.map((warning) => context.warningView(warning, [], view.user)), nextCursor };
}

export async function getWarning(context: CommandContext, view: ScopedView, id: string): Promise<WarningView> {
  const warning = await view.warning(id);
  return context.warningView(warning, await view.timeline(warning), view.user);
}

/**
 * Acts as the user of the session. The alert stage decides whether it is legal now, and writes the audit record in the
 * same entry as the transition.
 * @throws Problem out-of-scope, not-found (no such action), forbidden, illegal-transition
 */
export async function actOnWarning(
  context: CommandContext,
  view: ScopedView,
  id: string,
  actionWord: string,
  body: WarningActionBody,
): Promise<WarningView> {
  const action = actionNamed(actionWord, WarningAction.options, 'warning');
  const before = await view.warning(id);
  const after = await context.actions.act(before.id, action, body, view.user);
  return context.warningView(after, await view.timeline(after), view.user);
}

export async function listDeliveries(context: CommandContext, view: ScopedView, id: string, query: PageQuery): Promise<Page<DeliveryView>> {
  const { warning, deliveries } = await view.deliveries(id);
  const cards = await context.store.cards.cardsOf(warning.hazardPoint);
  const { dutyRoster } = context.settings.current();
  const nameOf = recipientNames(cards, dutyRoster);
  const named = deliveries.map((delivery) => ({
    ...delivery,
    recipient: nameOf(delivery),
    ...(isReference(delivery.recipient) ? { recipientId: delivery.recipient } : {}),
  }));
  const page = pageOfList(named, (delivery) => `${delivery.times.created} ${delivery.id}`, query);
  if (mayReadPersonalData(view.user)) {
    if (page.items.length > 0)
      await record(context, view.user.username, 'personal-data.read', `deliveries:${warning.id}`, { count: page.items.length });
    return page;
  }
  const names = namesOn(cards, dutyRoster);
  return { ...page, items: page.items.map((delivery) => maskDelivery(delivery, names)) };
}
