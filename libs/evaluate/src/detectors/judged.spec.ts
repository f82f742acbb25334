import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE, SECOND, type StoredReading } from '#libs/contracts';
import { drive, noise, reading, setup } from '../fakes/drive.js';
import { PointEvaluator } from '../point/point-evaluator.js';
import { parseRulebook } from '../rulebook/rulebook.js';

/** A rulebook of one indicator that makes an orange point, confirmed by two samples. */
const book = (indicator: string, samples = 2) =>
  parseRulebook(
    `rulebook: one
title: { zh: 一, en: one }
status: placeholder
scope: { kinds: [landslide, debris-flow] }
clock: event
missing: { silent-after: 3 intervals, unknown-when: any }
persistence: { samples: ${samples}, apart: 1 s, instruments: 1 }
hysteresis: { fallback: 80 %, after: 10 min }
downgrade: { samples: 1, watch: 0 min }
cooldown: 0 min
indicators:
  it: { title: { zh: 指标, en: it }, ${indicator} }
levels:
  orange: { when: it }
`,
    'one.rules.yaml',
    'v1',
  );
const evaluatorOf = (indicator: string) =>
  new PointEvaluator(setup(book(indicator), { devices: ['E1', 'E2', 'E3'].map((deviceId) => ({ deviceId, interval: 60 })) }));
const levels = (decisions: { level: string; certainty: string | null }[]) =>
  decisions.map(({ level, certainty }) => `${level} ${certainty}`);

describe('kinds that look across, judged', () => {
  it('a gauge that counts nothing among three makes its own indicator orange, and the evidence says which', async () => {
    const evaluator = evaluatorOf(
      "detector: disagreement, channel: L3_YL_*.totalValue, window: 1 h, floor: 2 mm, unit: '1', thresholds: { orange: 5 1 }",
    );
    const readings: StoredReading[] = [];
    for (let minute = 0; minute <= 120; minute += 1)
      for (const device of ['E1', 'E2', 'E3'])
        readings.push(reading(device, 'L3_YL_1.totalValue', minute * MINUTE, device === 'E2' ? 7 : minute / 2));
    const decisions = await drive(evaluator, readings);
    expect(levels(decisions).slice(-1)).toEqual(['orange confirmed']);
    const [view] = evaluator.picture(0).indicators;
    expect(view?.detail).toMatchObject({ instrument: 1, of: 3, own: 0, others: 30 });
  });
  it('a slip surface makes an inclinometer orange; one node that runs away does not', async () => {
    const indicator = 'detector: deep-displacement, channel: L1_SW_*.dispsX, window: 4 h, unit: mm/d, thresholds: { orange: 32 mm/d }';
    const hole = (rate: (node: number) => number) =>
      Array.from({ length: 8 * 6 }, (_, at) =>
        [1, 2, 3, 4, 5].map((node) => reading('E1', `L1_SW_${node}.dispsX`, at * 10 * MINUTE, (rate(node) * at) / 144)),
      ).flat();
    const slip = evaluatorOf(indicator);
    expect(
      levels(
        await drive(
          slip,
          hole((node) => (node <= 3 ? 60 : 0)),
        ),
      ).slice(-1),
    ).toEqual(['orange confirmed']);
    const broken = evaluatorOf(indicator);
    expect(
      levels(
        await drive(
          broken,
          hole((node) => (node === 3 ? 600 : 0)),
        ),
      ).slice(-1),
    ).toEqual(['none null']);
  });
});

describe('a geophone, judged', () => {
  const indicator = "detector: sta-lta, channel: L2_DS_*.VSP, unit: '1', thresholds: { orange: 4 1 }";
  /** One-second RMS: quiet, a flow from 3000 s to 3600 s, quiet. */
  function hours(): StoredReading[] {
    const random = noise(3);
    return Array.from({ length: 5400 }, (_, at) =>
      reading('E1', 'L2_DS_1.VSP', at * SECOND, 1 + 0.1 * random() + (at >= 3000 && at < 3600 ? 12 : 0)),
    );
  }
  it('is grey for half an hour, then calm, orange within seconds of the flow, and calm again after it', async () => {
    const decisions = await drive(evaluatorOf(indicator), hours());
    expect(levels(decisions)).toEqual(['none null', 'orange awaiting-persistence', 'orange confirmed', expect.stringMatching(/^none/)]);
    const [calm, risen, , over] = decisions.map(({ eventAt }) => eventAt / SECOND);
    expect(calm).toBe(1800);
    expect(risen).toBeLessThan(3005);
    expect(over).toBeGreaterThan(3600 + 120 + 600);
    expect(over).toBeLessThan(3600 + 2 * 120 + 660);
  });
  it('says the same when the station is killed in the middle of the flow', async () => {
    const all = hours();
    const whole = evaluatorOf(indicator);
    const want = await drive(whole, all);
    const before = evaluatorOf(indicator);
    const first = await drive(before, all.slice(0, 3200));
    const after = evaluatorOf(indicator);
    const from = 3199 * SECOND - after.horizon();
    for (const one of all.slice(0, 3200)) if (one.time >= from) after.warm(one);
    expect(after.restore(JSON.parse(JSON.stringify(before.snapshot())))).toBe(true);
    const second = await drive(after, all.slice(3200));
    expect([...first, ...second].map(({ level, eventAt }) => [level, eventAt])).toEqual(want.map(({ level, eventAt }) => [level, eventAt]));
  });
  it('turns grey and says why when its channel dies', async () => {
    const evaluator = evaluatorOf(indicator);
    await drive(evaluator, hours().slice(0, 2500));
    expect(evaluator.said.level).toBe('none');
    await drive(
      evaluator,
      Array.from({ length: 120 }, (_, at) => reading('E1', 'L2_DS_1.VSP', (2500 + at) * SECOND, 0)),
    );
    expect(evaluator.said.level).toBe('unknown');
    expect(evaluator.picture(0).indicators[0]?.why?.code).toBe('dead-channel');
  });
});

describe('rain that is remembered, judged', () => {
  it('a wet month stays known over a restart whose windows are only days', async () => {
    const indicator =
      'detector: soil-water-index, channel: L3_YL_*, source: increments, warm-up: 10 d, unit: mm, thresholds: { orange: 90 mm }';
    const rain = Array.from({ length: 30 * 24 }, (_, hour) => reading('E1', 'L3_YL_1', hour * HOUR, hour % 24 < 6 ? 4 : 0));
    const before = evaluatorOf(indicator);
    await drive(before, rain);
    const after = evaluatorOf(indicator);
    const from = (rain.at(-1)?.time ?? 0) - after.horizon();
    for (const one of rain) if (one.time >= from) after.warm(one);
    after.restore(JSON.parse(JSON.stringify(before.snapshot())));
    const [was, is] = [before, after].map((evaluator) => evaluator.picture(0).indicators[0]);
    expect(is?.value).toBe(was?.value);
    expect(was?.value).toBeGreaterThan(50);
    expect(is?.why).toBeUndefined();
  });
});
