import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE, type Certainty, type PointLevel } from '#libs/contracts';
import { differs, impactTotals, warningsMore } from './impact.js';
import { CHANGES_SHOWN, levelRecord, type SaidAt } from './level-record.js';

const said = (minute: number, level: PointLevel, certainty: Certainty | null = null, confirmedLevel: PointLevel = 'none'): SaidAt => ({
  at: minute * MINUTE,
  level,
  certainty,
  confirmedLevel,
});

describe('levelRecord', () => {
  it('counts a stretch once, by the highest confirmed level, and says how long each level stood', () => {
    const record = levelRecord(
      [
        said(0, 'none'),
        said(10, 'yellow', 'awaiting-persistence'),
        said(12, 'yellow', 'confirmed', 'yellow'),
        said(20, 'red', 'awaiting-persistence', 'yellow'),
        said(21, 'red', 'confirmed', 'red'),
        said(30, 'yellow', 'confirmed', 'yellow'),
        said(40, 'none'),
        said(50, 'orange', 'awaiting-persistence'),
        said(51, 'none'),
      ],
      0,
      HOUR,
    );
    expect(record.warnings).toEqual({ blue: 0, yellow: 0, orange: 0, red: 1 });
    expect(record.candidates).toBe(1);
    expect(record.secondsInLevel).toEqual({ none: 1740, blue: 0, yellow: 1200, orange: 60, red: 600, unknown: 0 });
    expect(record.levelChanges).toBe(7);
    expect(record.changes).toHaveLength(9);
  });

  it('takes what was said before the stretch as its beginning, and holds the last level to the end', () => {
    const record = levelRecord([said(-5, 'orange', 'confirmed', 'orange'), said(30, 'red', 'confirmed', 'red')], 0, HOUR);
    expect(record.secondsInLevel).toMatchObject({ orange: 1800, red: 1800, unknown: 0 });
    expect(record.warnings.red).toBe(1);
    expect(record.changes).toHaveLength(1);
  });

  it('is unknown until something is said', () => {
    expect(levelRecord([], 0, HOUR).secondsInLevel.unknown).toBe(3600);
  });

  it('spends every second of the stretch in exactly one level, whatever was said', () => {
    const word = fc.constantFrom<PointLevel>('none', 'blue', 'yellow', 'orange', 'red', 'unknown');
    fc.assert(
      fc.property(fc.array(fc.record({ gap: fc.integer({ min: 0, max: 500 }), level: word, confirmed: word })), (steps) => {
        let at = -200;
        const all = steps.map(({ gap, level, confirmed }) => {
          at += gap;
          return { at: at * MINUTE, level, certainty: null, confirmedLevel: confirmed };
        });
        const record = levelRecord(all, 0, 24 * HOUR);
        const total = Object.values(record.secondsInLevel).reduce((sum, seconds) => sum + seconds, 0);
        expect(total).toBeCloseTo((24 * HOUR) / 1000, 6);
        expect(Object.values(record.secondsInLevel).every((seconds) => seconds >= 0)).toBe(true);
        expect(record.changes.length).toBeLessThanOrEqual(CHANGES_SHOWN);
      }),
    );
  });
});

describe('impact', () => {
  const quiet = levelRecord([said(0, 'none')], 0, HOUR);
  const alarmed = levelRecord([said(0, 'none'), said(10, 'red', 'confirmed', 'red')], 0, HOUR);
  const item = (hazardPoint: string, live: typeof quiet, next: typeof quiet) => ({
    hazardPoint,
    name: hazardPoint,
    live,
    next,
    warningsMore: warningsMore(live, next),
  });

  it('says which points change and how many warnings more', () => {
    const totals = impactTotals([item('A', quiet, alarmed), item('B', quiet, quiet), item('C', alarmed, quiet)]);
    expect(totals).toMatchObject({ points: 3, pointsChanged: 2, warningsMore: { red: 0 }, live: { warnings: { red: 1 } } });
    expect(warningsMore(quiet, alarmed)).toEqual({ blue: 0, yellow: 0, orange: 0, red: 1 });
    expect(differs(item('B', quiet, quiet))).toBe(false);
  });
});
