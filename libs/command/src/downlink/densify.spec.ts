import { describe, expect, it } from 'vitest';
import { defaultDownlink, HOUR, MINUTE, type WarningLevel } from '#libs/contracts';
import { decideDensity, denseInterval, densityOrder } from './densify.js';
import type { Densified } from './ports.js';

const now = 1_000_000_000;
const dense = (told: WarningLevel | 'none', over: Partial<Densified> = {}): Densified => ({
  deviceId: 'R1',
  hazardPoint: 'P',
  told,
  msgid: '1',
  warning: 'W',
  calmSince: null,
  againAt: null,
  ...over,
});
const decide = (level: WarningLevel | 'none', told?: Densified, usual = 3600, settings = defaultDownlink, at = now) =>
  decideDensity(level, told, usual, settings, at);

describe('how densely a device should report', () => {
  it('uploads each 1, 2, 4, 6 samples of the plus interval', () =>
    expect((['red', 'orange', 'yellow', 'blue'] as const).map((level) => denseInterval(level, defaultDownlink))).toEqual([
      60, 120, 240, 360,
    ]));

  it('follows what the rulebook asks for at a level it names, and the county elsewhere', () => {
    const asked = { red: 30, yellow: 600 };
    const by = (level: WarningLevel, usual: number) => decideDensity(level, undefined, usual, defaultDownlink, now, asked);
    expect(densityOrder('red', 3600, defaultDownlink, asked)).toEqual({
      command: 'setsensortime',
      parameters: { sampleInterval: 30, uploadInterval: 30, plusInterval: 30 },
    });
    expect(denseInterval('orange', defaultDownlink, asked)).toBe(120);
    expect(by('yellow', 600)).toEqual({ nothing: 'dense-enough' });
    expect(by('yellow', 601)).toEqual({ tell: 'yellow' });
    expect(decideDensity('red', undefined, 3600, { ...defaultDownlink, densify: 'off' }, now, asked)).toEqual({ nothing: 'off' });
  });

  it('tells a rise at once, and nothing twice', () => {
    expect(decide('blue')).toEqual({ tell: 'blue' });
    expect(decide('red', dense('blue'))).toEqual({ tell: 'red' });
    expect(decide('red', dense('red'))).toEqual({ nothing: 'as-told' });
  });

  it('leaves alone an instrument that reports as often anyway, and levels below the policy', () => {
    expect(decide('red', undefined, 60)).toEqual({ nothing: 'dense-enough' });
    expect(decide('blue', undefined, 3600, { ...defaultDownlink, densifyFrom: 'orange' })).toEqual({ nothing: 'below-policy' });
    expect(decide('red', undefined, 3600, { ...defaultDownlink, densify: 'off' })).toEqual({ nothing: 'off' });
    expect(decide('none')).toEqual({ nothing: 'below-policy' });
  });

  it('tells a fall only when it has lasted, and starts over when the level is back in between', () => {
    expect(decide('yellow', dense('red'))).toEqual({ calm: now });
    expect(decide('yellow', dense('red', { calmSince: now - HOUR + 1 }))).toEqual({ nothing: 'not-yet' });
    expect(decide('yellow', dense('red', { calmSince: now - HOUR }))).toEqual({ tell: 'yellow' });
    expect(decide('none', dense('red', { calmSince: now - HOUR }))).toEqual({ tell: 'none' });
    expect(decide('red', dense('red', { calmSince: now - HOUR }))).toEqual({ calm: null });
  });

  it('brings devices back also after the policy was switched off', () => {
    const off = { ...defaultDownlink, densify: 'off' as const };
    expect(decide('red', dense('red'), 3600, off)).toEqual({ calm: now });
    expect(decide('red', dense('red', { calmSince: now - HOUR }), 3600, off)).toEqual({ tell: 'none' });
  });

  it('asks again after a refusal, later, and for what holds then', () => {
    expect(decide('none', dense('none', { againAt: now + 10 * MINUTE }))).toEqual({ nothing: 'refused-lately' });
    expect(decide('none', dense('none', { againAt: now }))).toEqual({ tell: 'none' });
    expect(decide('orange', dense('red', { againAt: now }))).toEqual({ tell: 'orange' });
  });

  it('is said as intervals or as a work mode', () => {
    expect(densityOrder('orange', 3600, defaultDownlink)).toEqual({
      command: 'setsensortime',
      parameters: { sampleInterval: 60, uploadInterval: 120, plusInterval: 60 },
    });
    expect(densityOrder('none', 3600, defaultDownlink)).toEqual({
      command: 'setsensortime',
      parameters: { sampleInterval: 3600, uploadInterval: 3600, plusInterval: 60 },
    });
    const byMode = { ...defaultDownlink, densify: 'work-mode' as const };
    expect(densityOrder('red', 3600, byMode)).toEqual({ command: 'setworkmode', parameters: { mode: 'emergency' } });
    expect(densityOrder('none', 3600, byMode)).toEqual({ command: 'setworkmode', parameters: { mode: 'normal' } });
  });
});
