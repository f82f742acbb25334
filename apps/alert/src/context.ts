import { rulesOf, warningView, type Quiet, type StepContext } from '#libs/alert';
import {
  defaultPlanLevels,
  insideDivision,
  pointClock,
  type AreaEvent,
  type Clock,
  type HazardPoint,
  type RegistryView,
  type Settings,
  type TimelineEntry,
  type User,
  type WarningRecord,
  type WarningView,
} from '#libs/contracts';
import { stationHash } from './entry.js';

export interface Surroundings {
  registry: RegistryView;
  settings: () => Settings;
  clock: Clock;
  /** What a warning rose together with. */
  areaEvent?: (warning: WarningRecord, visible: (hazardPoint: string) => boolean) => AreaEvent | undefined;
}

/** What a step needs to know besides the warning, as it is now. */
export function stepContext(point: HazardPoint, { registry, settings, clock }: Surroundings): StepContext {
  const now = clock.now();
  const quiet: Quiet = {
    silences: registry.silencesOf?.(point.unifiedCode, now) ?? [],
    maintenanceOf: (deviceId) => registry.maintenanceOf?.(deviceId, now),
  };
  const plan = registry.planOf?.(point.unifiedCode)?.levels ?? defaultPlanLevels;
  return { point, settings: settings(), now, eventNow: pointClock(point.drill, now), hash: stationHash, plan, quiet };
}

/** The HTTP form of a warning, for answers and events alike; without a user nothing is said of what may be done. */
export function viewOf(
  record: WarningRecord,
  timeline: readonly TimelineEntry[],
  asking: User | undefined,
  { registry, settings, clock, areaEvent }: Surroundings,
): WarningView {
  const point = registry.point(record.hazardPoint);
  const seen = (code: string): boolean => insideDivision(registry.point(code)?.divisionCode, asking?.scope ?? '');
  const together = asking && areaEvent?.(record, seen);
  const view = warningView(record, {
    pointName: point?.name ?? record.hazardPoint,
    timeline,
    now: clock.now(),
    ...(point ? { rules: rulesOf({ point, settings: settings() }) } : {}),
    ...(asking ? { asking } : {}),
  });
  return together ? { ...view, areaEvent: together } : view;
}
