import { describe, expect, it } from 'vitest';
import type { WarningLevel } from '#libs/contracts';
import type { LevelMachine } from '../levels/level-machine.js';
import { sayOf } from './said.js';

const machine = (
  level: WarningLevel,
  certainty: 'candidate' | 'confirmed' | null,
  truth: 'yes' | 'no' | 'unknown' = 'no',
  lateOnly = false,
) => ({ level, certainty: certainty === 'candidate' ? 'awaiting-persistence' : certainty, rise: { truth }, lateOnly }) as LevelMachine;
const seeing = { failed: false, grey: false };

describe('sayOf', () => {
  it('the strongest level held, and the strongest confirmed beside it', () => {
    const said = sayOf([machine('red', 'candidate', 'yes'), machine('orange', null), machine('yellow', 'confirmed', 'yes')], seeing);
    expect(said).toEqual({ level: 'red', certainty: 'awaiting-persistence', confirmedLevel: 'yellow', late: false });
  });

  it('what only late samples hold does not speak for a level held live below it', () => {
    const late = machine('red', 'confirmed', 'yes', true);
    const live = machine('orange', 'confirmed', 'yes');
    expect(sayOf([late, live], seeing)).toEqual({ level: 'orange', certainty: 'confirmed', confirmedLevel: 'orange', late: false });
    expect(sayOf([late], seeing)).toEqual({ level: 'red', certainty: 'confirmed', confirmedLevel: 'red', late: true });
  });

  it('calm only when every condition is known to be false and every instrument speaks', () => {
    const quiet = [machine('red', null), machine('blue', null)];
    expect(sayOf(quiet, seeing).level).toBe('none');
    expect(sayOf(quiet, { failed: false, grey: true }).level).toBe('unknown');
    expect(sayOf([machine('red', null, 'unknown'), machine('blue', null)], seeing).level).toBe('unknown');
  });

  it('beside a candidate nothing is called calm while an instrument is silent', () => {
    const candidate = [machine('red', 'candidate', 'yes')];
    expect(sayOf(candidate, seeing).confirmedLevel).toBe('none');
    expect(sayOf(candidate, { failed: false, grey: true })).toMatchObject({ level: 'red', confirmedLevel: 'unknown' });
  });

  it('a rulebook that could not be evaluated holds what was confirmed and claims nothing new', () => {
    const said = sayOf([machine('red', 'confirmed', 'yes')], { failed: true, grey: false });
    expect(said).toEqual({ level: 'unknown', certainty: null, confirmedLevel: 'red', late: false });
    expect(sayOf([machine('red', null)], { failed: true, grey: false }).confirmedLevel).toBe('unknown');
  });
});
