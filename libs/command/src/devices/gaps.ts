import { toIso, type DataGap, type GapState, type GapView, type Page, type PageQuery, type QueryOf } from '#libs/contracts';
import type { CommandContext } from '../context.js';
import type { ScopedView } from '../identity/scope.js';

export interface GapQueries {
  /** Newest first; `from` and `to` (epoch ms) pick gaps that reach into that time. */
  list(query: PageQuery & { deviceId: string; state?: GapState; from?: number; to?: number }): Promise<Page<DataGap>>;
}

/** @throws Problem out-of-scope */
export async function listGaps(
  context: CommandContext,
  view: ScopedView,
  deviceId: string,
  { state, from, to, ...page }: QueryOf<'listDeviceGaps'>,
): Promise<Page<GapView>> {
  const { items, nextCursor } = await context.store.gaps.list({
    ...page,
    deviceId: view.deviceEver(deviceId).deviceId,
    ...(state === undefined ? {} : { state }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  });
  return { items: items.map(viewGap), nextCursor };
}

const viewGap = (gap: DataGap): GapView => ({
  deviceId: gap.deviceId,
  hazardPoint: gap.hazardPoint,
  state: gap.state,
  from: toIso(gap.from),
  to: toIso(gap.to),
  interval: gap.interval,
  missing: gap.missing,
  remaining: gap.holes.reduce((sum, { missing }) => sum + missing, 0),
  holes: gap.holes.map(({ from, to, missing }) => ({ from: toIso(from), to: toIso(to), missing })),
  foundAt: toIso(gap.foundAt),
  endedAt: gap.endedAt === null ? null : toIso(gap.endedAt),
});
