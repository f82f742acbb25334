import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SECOND, type PointDecision, type StoredReading } from '#libs/contracts';
import { drive, reading, setup, shipped } from '../fakes/drive.js';
import { PointEvaluator } from './point-evaluator.js';
import { warmFrom } from './point-memory.js';

const t0 = Date.UTC(2026, 6, 1);
const reference = shipped('reference');
const devices = [
  { deviceId: 'D1', interval: 60 },
  { deviceId: 'D2', interval: 60 },
];
const make = () => new PointEvaluator(setup(reference, { devices }));
const crack = (seconds: number, value: number, device = 'D1') => reading(device, 'L1_LF_1', t0 + seconds * SECOND, value);
const said = (decisions: PointDecision[]) =>
  decisions.map(({ level, certainty, confirmedLevel }) => `${level} ${certainty ?? '-'} ${confirmedLevel}`);

describe('PointEvaluator', () => {
  it('is unknown before anything is known', () => {
    expect(make().picture(0)).toMatchObject({
      level: 'unknown',
      confirmedLevel: 'unknown',
      missing: [{ deviceId: 'D1' }, { deviceId: 'D2' }],
    });
  });

  it('runs the rulebook when an instrument appears or crosses a bound, never for a reading as such', async () => {
    const evaluator = make();
    const due: number[] = [];
    for (let i = 0; i < 120; i += 1)
      if (evaluator.feed(crack(i, i / 20))) {
        due.push(i);
        await evaluator.decide();
      }
    // The first value; the second, which makes change known; 4 mm, where blue would hold; 5 mm, where it rises; ten seconds later, confirmed.
    expect(due).toEqual([0, 1, 80, 100, 110]);
  });

  it('gives reasons with numbers, in Chinese and English, and every indicator as evidence', async () => {
    const decisions = await drive(make(), [crack(0, 0), crack(60, 0.2), crack(120, 45), crack(133, 46)]);
    const red = decisions.at(-1);
    expect(red?.reasons.map(({ code }) => code)).toEqual(['threshold-reached', 'confirmed']);
    expect(red?.reasons[0]).toMatchObject({
      indicator: 'change',
      channel: 'L1_LF_1',
      deviceId: 'D1',
      value: 46,
      threshold: 40,
      unit: 'mm',
    });
    expect(red?.reasons[0]?.text).toEqual({
      zh: '裂缝1小时变化量 46 mm ≥ 40 mm（D1 L1_LF_1）',
      en: 'Crack change in one hour 46 mm ≥ 40 mm (D1 L1_LF_1)',
    });
    expect(red).toMatchObject({ eventAt: t0 + 133 * SECOND, late: false, rule: { id: 'reference', version: 'v1' } });
    expect(red?.evidence).toMatchObject([
      { id: 'change', title: { zh: '裂缝1小时变化量', en: 'Crack change in one hour' }, worse: 'more', value: 46, thresholds: { red: 40 } },
    ]);
  });

  it('keeps the curve of each indicator, also over a warm start, and words for what is missing', async () => {
    const evaluator = make();
    expect(evaluator.picture(0).missing[0]?.why).toEqual({ code: 'no-data', zh: '尚无数据', en: 'no data yet' });
    evaluator.warm(crack(0, 0));
    await drive(evaluator, [crack(60, 2), crack(120, 7)]);
    const curve = [60, 120].map((seconds, i) => [t0 + seconds * SECOND, [2, 7][i]]);
    expect(evaluator.series()).toMatchObject([{ id: 'change', deviceId: 'D1', channel: 'L1_LF_1', unit: 'mm', samples: curve }]);
    expect(evaluator.series(t0 + 120 * SECOND)[0]?.samples).toEqual(curve.slice(1));
  });

  it('turns grey and says why when the rulebook can not be evaluated, and forgets no level', async () => {
    let broken = false;
    const evaluator = new PointEvaluator(
      setup(reference, {
        devices,
        overdue: () => ({ passed: broken ? Promise.resolve() : new Promise(() => undefined), callOff: () => undefined }),
      }),
    );
    await drive(evaluator, [crack(0, 0), crack(60, 45), crack(75, 46)]);
    broken = true;
    const [failed] = await drive(evaluator, [crack(90, 30)]);
    expect(failed).toMatchObject({ level: 'unknown', confirmedLevel: 'red', reasons: [{ code: 'evaluation-failed' }] });
    broken = false;
    expect(said(await drive(evaluator, [crack(100, 46)]))).toEqual(['red confirmed red']);
  });

  it('is no longer grey once a buffer sent after an outage has reached the present', async () => {
    const evaluator = make();
    evaluator.tick(t0 + 3600 * SECOND);
    const decisions = await drive(
      evaluator,
      Array.from({ length: 60 }, (_, minute) => crack(60 * minute, 0.1)),
    );
    expect(said(decisions)).toEqual(['none - none']);
    expect(evaluator.picture(60).level).toBe('none');
  });

  it('refuses a memory it can not read', () => {
    expect(make().restore({ v: 7 })).toBe(false);
  });

  const values = fc.array(
    fc.tuple(fc.integer({ min: 1, max: 1200 }), fc.constantFrom(0, 0.5, 4.5, 6, 12, 25, 45), fc.constantFrom('D1', 'D2')),
    {
      minLength: 1,
      maxLength: 60,
    },
  );
  const series = (steps: readonly (readonly [number, number, string])[]): StoredReading[] => {
    let at = 0;
    return steps.map(([step, value, device]) => crack((at += step), value, device));
  };

  it('after a restart anywhere it decides what it would have decided without (property, promise 2)', async () => {
    await fc.assert(
      fc.asyncProperty(values, fc.nat(), async (steps, cut) => {
        const readings = series(steps);
        const whole = await drive(make(), readings);
        const at = cut % (readings.length + 1);
        const before = make();
        const first = await drive(before, readings.slice(0, at));
        const after = make();
        const memory: unknown = JSON.parse(JSON.stringify(before.snapshot()));
        const from = warmFrom(memory, after.horizon(), Number.MAX_SAFE_INTEGER);
        for (const one of readings.slice(0, at)) if (one.time >= from) after.warm(one);
        expect(after.restore(memory)).toBe(true);
        const second = await drive(after, readings.slice(at));
        expect(said([...first, ...second])).toEqual(said(whole));
      }),
      { numRuns: 300 },
    );
  });

  it('never confirms a level on fewer samples than the rulebook asks for (property)', async () => {
    await fc.assert(
      fc.asyncProperty(values, async (steps) => {
        const decisions = await drive(make(), series(steps));
        let awaiting = new Set<string>();
        for (const { level, confirmedLevel } of decisions) {
          if (confirmedLevel !== 'none' && confirmedLevel !== 'unknown') expect(awaiting.size).toBeGreaterThan(0);
          if (level !== 'none' && level !== 'unknown') awaiting.add(level);
          else awaiting = new Set();
        }
      }),
      { numRuns: 100 },
    );
  });
});
