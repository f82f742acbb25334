import {
  levelRank,
  SECOND,
  toIso,
  warningLevels,
  type JudgementRecord,
  type LevelChange,
  type PointDecision,
  type PointLevel,
  type WarningLevel,
} from '#libs/contracts';

/** What one decision said, as a record of levels needs it. */
export type SaidAt = Pick<PointDecision, 'level' | 'certainty' | 'confirmedLevel'> & { at: number };

/**
 * Changes shown of one point. A person reads some dozens; the counts and times hold all of them, so a draft that flaps is seen without its
 * report growing with every flap.
 */
export const CHANGES_SHOWN = 100;

const noWarnings = (): Record<WarningLevel, number> => ({ blue: 0, yellow: 0, orange: 0, red: 0 });

/**
 * What one judgement did between two moments: stretches with a colour, time in each level, its changes. A stretch begins when the level rises
 * from none or unknown to a colour and ends when it is back; one that was confirmed counts as a warning of the highest level
 * confirmed in it (alert opens one warning an episode), another as a candidate.
 * @param said in the order it was said; what lies before `from` says only how the stretch began
 * @param from epoch ms of event time
 * @param to epoch ms; the last level holds until then
 */
export function levelRecord(said: readonly SaidAt[], from: number, to: number): JudgementRecord {
  const warnings = noWarnings();
  const secondsInLevel: Record<PointLevel, number> = { none: 0, ...noWarnings(), unknown: 0 };
  const changes: LevelChange[] = [];
  let candidates = 0;
  let levelChanges = 0;
  let level: PointLevel = 'unknown';
  let since = from;
  let inColour = false;
  let highest: WarningLevel | undefined;

  const closeStretch = (): void => {
    if (inColour) {
      if (highest) warnings[highest] += 1;
      else candidates += 1;
    }
    inColour = false;
    highest = undefined;
  };
  const spend = (until: number): void => {
    const end = Math.min(Math.max(until, since), to);
    secondsInLevel[level] += (end - since) / SECOND;
    since = end;
  };

  for (const one of said) {
    if (one.at > to) break;
    spend(one.at);
    if (one.level !== level && one.at >= from) levelChanges += 1;
    level = one.level;
    if (levelRank(level) === 0) closeStretch();
    else {
      inColour = true;
      const confirmed = warningLevels.find((word) => word === one.confirmedLevel);
      if (confirmed && levelRank(confirmed) > levelRank(highest ?? 'none')) highest = confirmed;
    }
    if (one.at >= from && changes.length < CHANGES_SHOWN)
      changes.push({ at: toIso(one.at), level: one.level, certainty: one.certainty, confirmedLevel: one.confirmedLevel });
  }
  spend(to);
  closeStretch();
  return { warnings, candidates, secondsInLevel, levelChanges, changes };
}
