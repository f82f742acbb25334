import { DAY, fromIso, type Incident, type Share, type WarningKpis, type WarningRecord } from '#libs/contracts';

/** What the figures are made of. */
export type CountedWarning = Pick<
  WarningRecord,
  'id' | 'hazardPoint' | 'peak' | 'state' | 'openedAt' | 'expiresAt' | 'confirmedAt' | 'endedAt' | 'disposal'
>;

/** How long after its end a warning still counts as having warned. Shorter: a slope that went an hour after the all-clear was "missed". Longer: any old warning covers any disaster. */
const COVERS_MS = DAY;

type Figures = Omit<WarningKpis, 'from' | 'to'>;

/**
 * What warnings were worth, and what was missed.
 * @param opened    warnings opened in the time asked for
 * @param incidents that happened in it
 * @param before    further warnings that may have warned of them: opened earlier at the same points
 */
export function warningFigures(
  opened: readonly CountedWarning[],
  incidents: readonly Incident[],
  before: readonly CountedWarning[],
): Figures {
  const byLevel = { red: 0, orange: 0, yellow: 0, blue: 0 };
  const byDisposal = { 0: 0, 1: 0, 2: 0, 3: 0, 4: 0 };
  for (const { peak, disposal } of opened) {
    byLevel[peak] += 1;
    if (disposal) byDisposal[disposal.type as keyof typeof byDisposal] += 1;
  }
  const disposed = opened.filter(({ disposal }) => disposal !== undefined);
  const inTime = disposed.filter(({ disposal, expiresAt }) => disposal?.at !== undefined && fromIso(disposal.at) <= fromIso(expiresAt));
  const leads = incidents.map((incident) => leadOf(incident, [...opened, ...before]));
  const known = leads.filter((lead) => lead !== undefined).toSorted((a, b) => a - b);
  return {
    opened: opened.length,
    candidates: opened.filter(({ confirmedAt }) => confirmedAt === undefined).length,
    byLevel,
    disposed: disposed.length,
    byDisposal,
    undisposed: opened.filter(({ state, disposal }) => state !== 'candidate' && state !== 'confirmed' && disposal === undefined).length,
    falseAlarms: share(byDisposal[0] + byDisposal[1] + byDisposal[2], disposed.length),
    handledInTime: share(inTime.length, opened.length),
    missed: share(leads.length - known.length, leads.length),
    leadSeconds: { shortest: known[0] ?? null, median: median(known), longest: known.at(-1) ?? null },
  };
}

/** Seconds from the earliest confirmation of a warning that covered the incident; undefined: it was missed. */
function leadOf({ hazardPoint, occurredAt }: Incident, warnings: readonly CountedWarning[]): number | undefined {
  const at = fromIso(occurredAt);
  const leads = warnings.flatMap(({ hazardPoint: of, confirmedAt, endedAt }) => {
    if (of !== hazardPoint || confirmedAt === undefined || fromIso(confirmedAt) > at) return [];
    if (endedAt !== undefined && fromIso(endedAt) + COVERS_MS < at) return [];
    return [(at - fromIso(confirmedAt)) / 1000];
  });
  return leads.length === 0 ? undefined : Math.max(...leads);
}

const median = (sorted: readonly number[]): number | null => {
  const middle = Math.floor(sorted.length / 2);
  const high = sorted[middle];
  if (high === undefined) return null;
  return sorted.length % 2 === 1 ? high : ((sorted[middle - 1] ?? high) + high) / 2;
};

/** Normal quantile of 95 %. */
const Z = 1.959964;

/** A share with its Wilson interval. */
function share(count: number, of: number): Share {
  if (of === 0) return { value: null, of, count, from: null, to: null };
  const p = count / of;
  const spread = Z * Math.sqrt((p * (1 - p)) / of + (Z * Z) / (4 * of * of));
  const centre = p + (Z * Z) / (2 * of);
  const scale = 1 + (Z * Z) / of;
  return { value: p, of, count, from: Math.max(0, (centre - spread) / scale), to: Math.min(1, (centre + spread) / scale) };
}
