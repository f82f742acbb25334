import {
  DAY,
  HazardPoint,
  HOUR,
  Settings,
  fromIso,
  spanEnd,
  silenceHolds,
  toIso,
  type MaintenanceWindow,
  type PlanLevels,
  type PointDecision,
  type PointLevel,
  type Silence,
  type WarningLevel,
  type WarningRecord,
} from '#libs/contracts';
import type { StepContext } from '../step/effects.js';
import { loud, type Quiet } from '../judge/quiet.js';

export const T0 = fromIso('2026-05-01T00:00:00Z');

/** Readable and collision-free: enough for a test, and the same parts give the same id. */
export const plainHash = (...parts: readonly (string | number)[]): string => parts.join('|');

export function pointOf(change: Partial<HazardPoint> = {}): HazardPoint {
  return HazardPoint.parse({
    unifiedCode: '513221010001',
    name: '望山坡',
    kind: 'landslide',
    divisionCode: '513221',
    longitude: 103.5,
    latitude: 31.5,
    threatenedHouseholds: 12,
    threatenedPeople: 40,
    rulebook: 'reference',
    release: {},
    version: 1,
    createdAt: toIso(T0),
    updatedAt: toIso(T0),
    ...change,
  });
}

export const settingsOf = (change: Partial<Settings> = {}): Settings => Settings.parse(change);

/** A point whose plan asks nobody for anything: tests of releases are about messages. */
export const noPlan: PlanLevels = { red: [], orange: [], yellow: [], blue: [] };

export function contextOf(change: Partial<StepContext> = {}): StepContext {
  return { point: pointOf(), settings: settingsOf(), now: T0, eventNow: T0, hash: plainHash, plan: noPlan, quiet: loud, ...change };
}

/** A decision in few words: `decisionOf('red', 'confirmed')`. The confirmed level below a candidate is given apart. */
export function decisionOf(
  level: PointLevel,
  certainty: PointDecision['certainty'] = level === 'none' || level === 'unknown' ? null : 'confirmed',
  change: Partial<PointDecision> = {},
): PointDecision {
  const confirmedLevel: PointLevel = certainty === 'confirmed' ? level : 'none';
  return {
    hazardPoint: '513221010001',
    rule: { id: 'reference', version: 'abc' },
    level,
    certainty,
    confirmedLevel,
    eventAt: T0,
    reasons: [{ code: 'above-threshold', text: { zh: '超阈值', en: 'above threshold' } }],
    evidence: [],
    late: false,
    ...change,
  };
}

export const immediate = (...levels: WarningLevel[]): HazardPoint =>
  pointOf({
    release: {
      red: 'manual',
      orange: 'manual',
      yellow: 'manual',
      blue: 'manual',
      ...Object.fromEntries(levels.map((one) => [one, 'immediate'])),
    },
  });

const untold = { state: 'none', level: null, version: 0, publishedAt: null, ratified: false, dueAt: null } as const;

/** A confirmed red warning nobody was told of yet. */
export const warningOf = (change: Partial<WarningRecord> = {}): WarningRecord => ({
  id: 'w1',
  hazardPoint: '513221010001',
  divisionCode: '513221',
  level: 'red',
  peak: 'red',
  active: true,
  state: 'confirmed',
  exercise: false,
  deliver: 'real',
  openedAt: toIso(T0),
  eventOpenedAt: toIso(T0),
  expiresAt: toIso(T0 + DAY),
  acknowledged: false,
  rule: { id: 'reference', version: 'abc' },
  reasons: [],
  evidence: [],
  releases: { internal: untold, public: untold },
  version: 1,
  updatedAt: toIso(T0),
  ...change,
});

/** A silence of the point of these fixtures up to orange, for an hour from T0. */
export const silenceOf = (change: Partial<Silence> = {}): Silence => ({
  id: 's1',
  hazardPoint: '513221010001',
  divisionCode: '513221',
  level: 'orange',
  owner: 'li',
  reason: '现场检修',
  from: toIso(T0),
  until: toIso(T0 + HOUR),
  version: 1,
  ...change,
});

/** What `registry.silencesOf` would answer at this moment, and windows of instruments worked on. */
export const quietAt = (now: number, silences: readonly Silence[], windows: readonly MaintenanceWindow[] = []): Quiet => ({
  silences: silences.filter((silence) => silenceHolds(silence, pointOf(), now)),
  maintenanceOf: (deviceId) =>
    windows.find((window) => window.deviceId === deviceId && now >= fromIso(window.from) && now < spanEnd(window)),
});

/** Work on one instrument, for an hour from T0. */
export const workOf = (deviceId: string, change: Partial<MaintenanceWindow> = {}): MaintenanceWindow => ({
  id: `m-${deviceId}`,
  deviceId,
  hazardPoint: '513221010001',
  divisionCode: '513221',
  owner: 'wang',
  reason: '更换拉线',
  from: toIso(T0),
  until: toIso(T0 + HOUR),
  version: 1,
  ...change,
});
