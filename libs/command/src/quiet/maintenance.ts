import { randomUUID } from 'node:crypto';
import {
  fromIso,
  MAX_MAINTENANCE_AHEAD_MS,
  MAX_MAINTENANCE_MS,
  Problem,
  toIso,
  type MaintenanceCreate,
  type MaintenanceWindow,
  type Page,
  type PageQuery,
  type QueryOf,
} from '#libs/contracts';
import { record } from '../audit.js';
import type { CommandContext } from '../context.js';
import { endedSpan } from './ended-span.js';
import type { ScopedView } from '../identity/scope.js';

/** Maintenance windows and their history. An update names the next version. */
export interface MaintenanceStore {
  /** Windows that end after `since`, epoch ms. */
  endingAfter(since: number): Promise<MaintenanceWindow[]>;
  find(id: string): Promise<MaintenanceWindow | undefined>;
  insert(window: MaintenanceWindow): Promise<void>;
  update(window: MaintenanceWindow): Promise<void>;
  list(query: PageQuery & { scope: string; deviceId?: string; hazardPoint?: string; openAt?: number }): Promise<Page<MaintenanceWindow>>;
}

/** Silence of a device beforehand reads as maintenance only if it was declared: a window that began earlier would rewrite what people saw. */
const BACKDATED_MS = 5 * 60_000;

/**
 * Declares maintenance of a device or of a whole point; the user of the session answers for it.
 * @throws Problem out-of-scope, invalid-request (no length, too long, in the past, too far ahead, closed point)
 */
export async function createMaintenance(context: CommandContext, view: ScopedView, input: MaintenanceCreate): Promise<MaintenanceWindow> {
  const device = input.deviceId === undefined ? undefined : view.device(input.deviceId);
  const point = view.point(device?.hazardPoint ?? input.hazardPoint ?? '');
  if (point.closed) throw new Problem('invalid-request', `hazardPoint: ${point.unifiedCode} is closed; nothing is watched there`);
  const now = context.clock.now();
  const from = input.from === undefined ? now : fromIso(input.from);
  const until = fromIso(input.until);
  if (from < now - BACKDATED_MS) throw new Problem('invalid-request', 'from: lies in the past; leave it away to begin now');
  if (from > now + MAX_MAINTENANCE_AHEAD_MS) throw new Problem('invalid-request', 'from: a window is planned 30 days ahead at most');
  if (until <= from || until <= now) throw new Problem('invalid-request', 'until: must lie after the beginning, and in the future');
  if (until - from > MAX_MAINTENANCE_MS)
    throw new Problem('invalid-request', 'until: a window lasts 72 hours at most; declare another when the work takes longer');
  const window: MaintenanceWindow = {
    id: randomUUID(),
    ...(device ? { deviceId: device.deviceId } : {}),
    hazardPoint: point.unifiedCode,
    divisionCode: point.divisionCode,
    owner: view.user.username,
    reason: input.reason,
    from: toIso(from),
    until: toIso(until),
    version: 1,
  };
  await context.store.maintenance.insert(window);
  context.registry.putMaintenance(window);
  await record(context, view.user.username, 'maintenance.declared', objectOf(window), {
    id: window.id,
    from: window.from,
    until: window.until,
  });
  return window;
}

/** Windows of the area of the user, newest first. */
export function listMaintenance(
  context: CommandContext,
  view: ScopedView,
  { device, hazardPoint, open, ...page }: QueryOf<'listMaintenance'>,
): Promise<Page<MaintenanceWindow>> {
  return context.store.maintenance.list({
    ...page,
    scope: view.user.scope,
    ...(device === undefined ? {} : { deviceId: view.device(device).deviceId }),
    ...(hazardPoint === undefined ? {} : { hazardPoint: view.point(hazardPoint).unifiedCode }),
    ...(open === 'true' ? { openAt: context.clock.now() } : {}),
  });
}

/**
 * Ends a window now; one that has not begun is taken back.
 * @throws Problem not-found, out-of-scope, illegal-transition when it is over already
 */
export async function endMaintenance(context: CommandContext, view: ScopedView, id: string): Promise<MaintenanceWindow> {
  const window = await view.maintenance(id);
  const ended = endedSpan(window, 'maintenance', view.user.username, context.clock.now());
  await context.store.maintenance.update(ended);
  context.registry.putMaintenance(ended);
  await record(context, view.user.username, 'maintenance.ended', objectOf(ended), { id });
  return ended;
}

const objectOf = ({ deviceId, hazardPoint }: MaintenanceWindow): string =>
  deviceId === undefined ? `hazard-point:${hazardPoint}` : `device:${deviceId}`;
