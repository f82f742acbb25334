import { DAY, HOUR, warningLevels, type IndicatorValue, type WarningLevel } from '#libs/contracts';
import { alarmsOf, verify, type Counted, type EventRule, type Verification } from '#libs/evaluate';
import { simulatedSite, type Site, type SiteFamily, type SiteOptions } from '#simulators/terrain';
import { judge, shipped } from '../judge.js';

/** A warning in force at the failure, or that ended at most so long before it, is one of it; what stood earlier and was withdrawn is false. */
export const eventRule: EventRule = { before: 7 * DAY, tolerance: 0, after: 0 };

/** What is counted as red: what reaches households, and what the duty officer is told of. */
export const counted = ['confirmed', 'told'] as const satisfies readonly Counted[];
export type Red = (typeof counted)[number];

/** What the rulebook made of one site. Plain data: it comes from a worker thread. */
export interface SiteResult {
  number: number;
  family: SiteFamily;
  motion: string;
  material: 'soil' | 'rock';
  /** Rate a day before the failure, mm/d; the peak of a crisis. */
  rate: number | null;
  red: Record<Red, Verification>;
  /** Warnings of each level or a stronger one, whatever they were worth. */
  warnings: Record<Red, Record<WarningLevel, number>>;
  /** Of a crisis that was red when it was arrested or became so after: hours red stood from the arrest on. */
  redAfterArrest: number | null;
  /** Hours after the arrest until no instrument shows a failure time any more; null where none did, nor came within an update period. */
  forecastAfterArrest: number | null;
  /** A failure time that was published anew after that, within ten days: false, and of no crisis. */
  forecastCameBack: boolean;
}

/** Samples a block of the failure-time forecast has, at an hour each: it is updated so often. */
export const updatePeriodHours = 13;

/** Draws a site, lets the station judge it by the landslide rulebook of its material, and counts. */
export async function siteResult(number: number, options: SiteOptions = {}): Promise<SiteResult> {
  const site = simulatedSite(number, options);
  const { arrest, failure } = site;
  let shownAt: number | null = null;
  let isGone = false;
  let cameBack = false;
  const look = (time: number, indicators: readonly IndicatorValue[]): void => {
    const shown = indicators.some(({ id, value }) => id === 'failure-time' && value !== null);
    isGone ||= !shown && (shownAt !== null || time - (arrest ?? time) > updatePeriodHours * HOUR);
    if (!shown) return;
    if (isGone) cameBack = true;
    else shownAt = time;
  };
  const watched = arrest === null ? {} : { look, from: arrest, to: arrest + 10 * DAY };
  const { said, period } = await judge(
    {
      rulebook: shipped(`landslide-${site.material}`),
      devices: site.devices,
      point: { mainSlideDirection: site.mainSlideDirection },
    },
    site.samples,
    { ...watched, until: failure ?? undefined },
  );
  const events = failure === null ? [] : [{ at: failure, outcome: 'event' as const }];
  const red = (what: Red) => verify(said, period, events, 'red', what, eventRule);
  const warnings = (what: Red) =>
    Object.fromEntries(warningLevels.map((level) => [level, alarmsOf(said, period, level, what).length])) as Record<WarningLevel, number>;
  const after =
    arrest === null ? [] : alarmsOf(said, period, 'red', 'confirmed').filter(({ from, to }) => to > arrest && from < arrest + 3 * DAY);
  return {
    number,
    family: site.family,
    motion: site.motion.name,
    material: site.material,
    rate: rateOf(site),
    red: { confirmed: red('confirmed'), told: red('told') },
    warnings: { confirmed: warnings('confirmed'), told: warnings('told') },
    redAfterArrest: arrest === null || after.length === 0 ? null : (Math.max(...after.map(({ to }) => to)) - arrest) / HOUR,
    forecastAfterArrest: arrest === null || shownAt === null ? null : (shownAt - arrest) / HOUR,
    forecastCameBack: cameBack,
  };
}

const rateOf = ({ motion }: Site): number | null => motion.turns?.peak ?? motion.drawn['rateADayBefore'] ?? null;
