import type { HeldBack, MaintenanceWindow, PointDecision, Silence, WarningLevel, WarningRecord } from '#libs/contracts';
import { endingLast, spanEnd, silenceableLevels, silenceCovers, toIso } from '#libs/contracts';
import { publicPolicy } from '../act/authority.js';
import type { StepContext } from '../step/effects.js';

/** What people declared that keeps messages of a point back, as it holds at this moment of the wall clock. */
export interface Quiet {
  /** Of this point, whatever their rulebook and level. */
  silences: readonly Silence[];
  /** The window an instrument is worked on in. */
  maintenanceOf: (deviceId: string) => MaintenanceWindow | undefined;
}

/** Nothing is held back. */
export const loud: Quiet = { silences: [], maintenanceOf: () => undefined };

/**
 * The silence that holds back a message inside at this level, the one that ends last when there are several. None for red, whatever a record says; and
 * none for a level the point's plan publishes by itself: the households would hear what the guard at their slope does not (docs/adr/0031).
 */
export function silencedBy(
  record: Pick<WarningRecord, 'rule'>,
  level: WarningLevel,
  { quiet, point, settings }: StepContext,
): Silence | undefined {
  if (!silenceableLevels.some((one) => one === level) || publicPolicy(point, level, settings) !== 'manual') return undefined;
  return endingLast(quiet.silences.filter((silence) => silenceCovers(silence, record.rule.id, level)));
}

/** The work that makes a level doubtful, and the instruments it is done on. */
export interface Doubt {
  window: MaintenanceWindow;
  devices: string[];
}

/**
 * Whether a decision rests on nothing but instruments somebody works on: a hand on the wire is no moving slope. One instrument that is left alone and
 * reached the level too makes it as good as any.
 */
export function doubtOf(decision: PointDecision, quiet: Quiet): Doubt | undefined {
  const raised = decision.reasons.flatMap(({ code, deviceId }) => (code === 'threshold-reached' ? [deviceId] : []));
  // An indicator across instruments names none: it is not known to be touched, so it counts.
  const devices = raised.filter((deviceId) => deviceId !== undefined);
  return devices.length === raised.length ? workOn([...new Set(devices)], quiet) : undefined;
}

/** The window that ends last, when every one of these instruments is in one. */
export function workOn(devices: readonly string[], quiet: Quiet): Doubt | undefined {
  const windows = devices.map((deviceId) => quiet.maintenanceOf(deviceId));
  const known = windows.filter((window) => window !== undefined);
  const window = known.length === windows.length ? endingLast(known) : undefined;
  return window && { window, devices: [...devices] };
}

/** What is held back, and by what. */
export const bySilence = (silence: Silence, levels: Pick<HeldBack, 'inspect' | 'warning'>): HeldBack => ({
  by: 'silence',
  id: silence.id,
  owner: silence.owner,
  reason: silence.reason,
  until: toIso(spanEnd(silence)),
  ...levels,
});
export const byMaintenance = ({ window, devices }: Doubt, inspect: WarningLevel): HeldBack => ({
  by: 'maintenance',
  id: window.id,
  owner: window.owner,
  reason: window.reason,
  until: toIso(spanEnd(window)),
  inspect,
  warning: null,
  devices,
});

/** Whether what holds messages back is still the same, to its end: only then is there nothing to do. */
export function heldStill(record: WarningRecord, mark: HeldBack, context: StepContext): boolean {
  if (mark.by === 'maintenance') {
    const work = workOn(mark.devices ?? [], context.quiet);
    return work !== undefined && work.window.id === mark.id && toIso(spanEnd(work.window)) === mark.until;
  }
  // A request to look is never about a lower level than the warning kept back with it, so its silence is the one the mark names.
  const top = mark.inspect ?? mark.warning;
  const silence = top === null ? undefined : silencedBy(record, top, context);
  if (!silence || silence.id !== mark.id || toIso(spanEnd(silence)) !== mark.until) return false;
  return mark.warning === null || silencedBy(record, mark.warning, context) !== undefined;
}
