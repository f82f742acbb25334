import { toIso } from '#libs/contracts';
import type { EventRule } from '#libs/evaluate';
import type { JobResult, SaidLine } from '../run/job.js';
import type { ScoreTable } from '../run/totals.js';

/** A change of the level as one object (contract.md, Backtest output), with what else was said. */
export function changeOf({ at, from, level, certainty, confirmedLevel, rule, reasons, late }: SaidLine): object {
  return { at: toIso(at), level, from, state: stateOf(certainty), rule, reasons, certainty, confirmedLevel, ...(late ? { late } : {}) };
}

const stateOf = (certainty: SaidLine['certainty']): 'candidate' | 'confirmed' | null =>
  certainty === null ? null : certainty === 'confirmed' ? 'confirmed' : 'candidate';

/** What was said, without what only counts on (2 of 3 samples): each line differs from the one before in level, state, or confirmed level. */
export function changesOf(said: readonly SaidLine[]): SaidLine[] {
  const changes: SaidLine[] = [];
  for (const one of said) {
    const before = changes.at(-1);
    const same =
      before?.level === one.level &&
      stateOf(before.certainty) === stateOf(one.certainty) &&
      before.confirmedLevel === one.confirmedLevel &&
      before.late === one.late;
    if (!same) changes.push(one);
  }
  return changes;
}

/** The last object of a run. */
export function summaryLine(result: JobResult, score: ScoreTable | null, rule: EventRule): object {
  const { readings, summary, period, input, hazardPoint, rulebook } = result;
  return {
    summary: {
      readings,
      ...summary,
      hazardPoint,
      rulebook: { id: rulebook.id, version: rulebook.version },
      from: toIso(period.from),
      to: toIso(period.to),
      input,
      score: score && { definition: definitionOf(rule), ...score },
    },
  };
}

/** Seconds, as everything in the output. */
export const definitionOf = ({ before, tolerance, after }: EventRule): object => ({
  beforeSeconds: before / 1000,
  toleranceSeconds: tolerance / 1000,
  afterSeconds: after / 1000,
});
