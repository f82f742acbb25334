import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR, SECOND, type PointDecision } from '#libs/contracts';
import { drive, noise, reading, setup, shipped } from '../fakes/drive.js';
import { parseRulebook } from '../rulebook/rulebook.js';
import { PointEvaluator, type PointSetup } from './point-evaluator.js';

const t0 = Date.UTC(2026, 6, 1);
const D1 = { deviceId: 'D1', interval: 60 };
const D2 = { deviceId: 'D2', interval: 60 };
const crack = (seconds: number, value: number, device = 'D1') => reading(device, 'L1_LF_1', t0 + seconds * SECOND, value);
const reference = readFileSync(new URL('../../../../alert-rules/reference.rules.yaml', import.meta.url), 'utf8');

/** An evaluator under other circumstances that goes on where another was. */
function takenUp(from: PointEvaluator, changed: Partial<PointSetup>, seen: ReturnType<typeof crack>[], rulebook = shipped('reference')) {
  const next = new PointEvaluator(setup(rulebook, changed));
  for (const one of seen) next.warm(one);
  expect(next.restore(JSON.parse(JSON.stringify(from.snapshot())))).toBe(true);
  return next;
}

async function calm(evaluator: PointEvaluator, from: number, until: number): Promise<void> {
  for (let s = from; s < until; s += 60) {
    if (evaluator.tick(t0 + s * SECOND)) await evaluator.decide();
    await drive(evaluator, [crack(s, 0)]);
  }
}

describe('a level taken up by another evaluator', () => {
  it('ends, and does not hide the next one, when the instrument that held it has been removed', async () => {
    const before = new PointEvaluator(setup(shipped('reference'), { devices: [D1, D2] }));
    await drive(before, [crack(0, 0), crack(0, 0, 'D2'), crack(60, 45, 'D2'), crack(120, 45, 'D2'), crack(130, 0)]);
    expect(before.said.confirmedLevel).toBe('red');
    const after = takenUp(before, { devices: [D1] }, [crack(0, 0), crack(130, 0)]);
    await calm(after, 400, 7200);
    expect(after.said.level).toBe('none');
    const decisions = await drive(after, [crack(7200, 60), crack(7260, 60)]);
    expect(decisions.at(-1)?.confirmedLevel).toBe('red');
  });

  it('ends although the new version calls the indicator by another name', async () => {
    const samples = [crack(0, 0), crack(60, 45), crack(120, 45)];
    const before = new PointEvaluator(setup(shipped('reference'), { devices: [D1] }));
    await drive(before, samples);
    const renamed = parseRulebook(reference.replace(/^  change:/m, '  crack:').replaceAll('[rain, change]', '[rain, crack]'), 'x', 'v2');
    const after = takenUp(before, { devices: [D1] }, samples, renamed);
    await calm(after, 400, DAY / SECOND / 8);
    expect(after.said.level).toBe('none');
  });
});

it('a clock of the station that jumped ahead and was put right leaves no point grey', async () => {
  const evaluator = new PointEvaluator(setup(shipped('reference'), { devices: [D1] }));
  await drive(evaluator, [crack(0, 0), crack(60, 0)]);
  if (evaluator.tick(t0 + 30 * DAY)) await evaluator.decide();
  expect(evaluator.said.level).toBe('unknown');
  for (let s = 120; s < 600; s += 60) {
    await drive(evaluator, [crack(s, 0)]);
    if (evaluator.tick(t0 + (s + 1) * SECOND)) await evaluator.decide();
  }
  expect(evaluator.said.level).toBe('none');
});

describe('a point whose indicators share their filters', () => {
  const devices = ['C1', 'G1'].map((deviceId) => ({ deviceId, interval: 3600 }));
  const rulebook = shipped('landslide-soil');
  const make = (more: Partial<PointSetup> = {}) =>
    new PointEvaluator(setup(rulebook, { devices, accuracy: () => 0.5, fits: 'these', ...more }));
  /** Two months of hours: creep, jumps of the instrument that rest, spikes, an outage, an acceleration at the end; some hours of the crack meter come late. */
  const gauss = noise(4);
  const crackAt = (hour: number) =>
    (hour > 500 ? 14 : 0) + (hour > 900 ? -9 : 0) + (hour % 211 === 0 ? 40 : 0) + Math.max(0, hour - 1300) ** 2 / 90;
  const hours = Array.from({ length: 60 * 24 }, (_, hour) => hour).filter((hour) => hour < 700 || hour > 720);
  const sent = hours.flatMap((hour) => {
    const [time, late] = [t0 + hour * HOUR, hour % 7 === 3 ? 5 * HOUR + 1 : 0];
    return [
      reading('C1', 'L1_LF_1', time - late, hour / 40 + crackAt(hour) + gauss() / 5, late > 0 ? ['late'] : []),
      reading('G1', 'L1_GP_1.gpsTotalX', time, hour / 50 + (hour > 600 ? 25 : 0) + gauss()),
      reading('G1', 'L1_GP_1.gpsTotalY', time, gauss()),
    ];
  });
  const told = (decisions: readonly PointDecision[]) =>
    decisions.map(({ level, confirmedLevel, eventAt, evidence }) => [level, confirmedLevel, eventAt, evidence]);

  it('says and shows the same to the last digit when it was taken up anywhere (property)', async () => {
    const whole = told(await drive(make(), sent));
    expect(whole.some(([level]) => level === 'red')).toBe(true);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: sent.length - 1 }), async (cut) => {
        const before = make();
        const first = await drive(before, sent.slice(0, cut));
        const after = make();
        expect(after.takeUp(before.keep())).toBe(true);
        expect(after.keep()).toEqual(before.keep());
        expect(after.restore(JSON.parse(JSON.stringify(before.snapshot())))).toBe(true);
        expect(told([...first, ...(await drive(after, sent.slice(cut)))])).toEqual(whole);
      }),
      { numRuns: 8, endOnFailure: true },
    );
  });

  it('is never taken up from what was kept in another way: the readings are read again', async () => {
    const before = make();
    await drive(before, sent.slice(0, 300));
    const kept = before.keep();
    const text = new TextDecoder('latin1').decode(kept);
    const at = text.indexOf('"2 these"');
    expect(at).toBeGreaterThan(0);
    for (const other of ['"1 these"', '"these 2"']) {
      const older = Uint8Array.from(kept);
      older.set(new TextEncoder().encode(other), at);
      expect(make().takeUp(older)).toBe(false);
    }
    expect(make({ fits: 'other' }).takeUp(kept)).toBe(false);
    expect(make().takeUp(kept)).toBe(true);
  });
});
