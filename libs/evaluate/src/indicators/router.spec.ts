import { describe, expect, it } from 'vitest';
import { MINUTE } from '#libs/contracts';
import { drive, reading, setup } from '../fakes/drive.js';
import { PointEvaluator } from '../point/point-evaluator.js';
import { parseRulebook } from '../rulebook/rulebook.js';

const book = parseRulebook(
  `
rulebook: neighbours
title: { zh: 邻, en: neighbours }
status: acceptance
scope: { kinds: [landslide] }
clock: event
missing: { silent-after: 3 intervals, unknown-when: any }
persistence: { samples: 2, apart: 1 min, instruments: 1 }
hysteresis: { fallback: 80 %, after: 5 min }
cooldown: 0 min
indicators:
  odd: { title: { zh: 不一致, en: disagreement }, detector: disagreement, channel: displacement(L1_GP_*), window: 30 min, floor: 1 mm, unit: '1', thresholds: { blue: '8 1' } }
levels:
  blue: { when: odd }
`,
  'neighbours',
  'v',
);
const devices = ['G1', 'G2', 'G3', 'G4'].map((deviceId) => ({ deviceId, interval: 60 }));
const t0 = Date.UTC(2026, 6, 1);
/** Every antenna moves with the slope, 1 mm a minute; the last one runs away after half an hour. */
const epochs = Array.from({ length: 60 }, (_, minute) =>
  devices.flatMap(({ deviceId }, i) => {
    const alone = deviceId === 'G4' && minute > 30 ? (minute - 30) * 5 : 0;
    return [
      reading(deviceId, 'L1_GP_1.gpsTotalX', t0 + minute * MINUTE, minute + i * 0.1 + alone),
      reading(deviceId, 'L1_GP_1.gpsTotalY', t0 + minute * MINUTE, 0),
    ];
  }),
).flat();

describe('an indicator across the instruments of a point', () => {
  it('is one for the point, sees each antenna with its axes paired, and raises by itself as one witness', async () => {
    const evaluator = new PointEvaluator(setup(book, { devices }));
    const decisions = await drive(evaluator, epochs);
    const state = evaluator.picture(0);
    expect(state.indicators).toHaveLength(1);
    expect(state.indicators[0]).toMatchObject({ id: 'odd', channel: 'displacement(L1_GP_*)' });
    expect(state.indicators[0]).not.toHaveProperty('deviceId');
    expect(state).toMatchObject({ level: 'blue', certainty: 'confirmed', missing: [] });
    const raised = decisions.find(({ confirmedLevel }) => confirmedLevel === 'blue');
    expect(raised?.eventAt).toBeGreaterThan(t0 + 30 * MINUTE);
    expect(raised?.reasons[0]?.text.en).toMatch(/\(displacement\(L1_GP_\*\)\)$/);
  });

  it('turns grey when one antenna is silent, says which, also after a restart, and is calm again when it speaks', async () => {
    const calm = epochs.filter(({ time }) => time <= t0 + 30 * MINUTE);
    const before = new PointEvaluator(setup(book, { devices }));
    await drive(before, calm);
    expect(before.said.level).toBe('none');
    const others = [31, 32, 33, 34].flatMap((minute) =>
      epochs.filter(({ time, deviceId }) => time === t0 + minute * MINUTE && deviceId !== 'G4'),
    );
    const grey = async (evaluator: PointEvaluator) => {
      await drive(evaluator, others);
      if (evaluator.tick(t0 + 34 * MINUTE)) await evaluator.decide();
      const { level, missing } = evaluator.picture(0);
      return [level, missing.map(({ indicator, deviceId, why }) => [indicator, deviceId, why.code])];
    };
    const memory: unknown = JSON.parse(JSON.stringify(before.snapshot()));
    const expected = ['unknown', [['*', 'G4', 'silent']]];
    expect(await grey(before)).toEqual(expected);
    const after = new PointEvaluator(setup(book, { devices }));
    for (const one of calm) after.warm(one);
    expect(after.restore(memory)).toBe(true);
    expect(await grey(after)).toEqual(expected);
    const back = [reading('G4', 'L1_GP_1.gpsTotalX', t0 + 34 * MINUTE, 34.3), reading('G4', 'L1_GP_1.gpsTotalY', t0 + 34 * MINUTE, 0)];
    expect((await drive(after, back)).map(({ level }) => level)).toEqual(['none']);
  });

  it('a device whose clock is ahead makes no late block of what its neighbours send', async () => {
    const evaluator = new PointEvaluator(setup(book, { devices }));
    const ahead = (deviceId: string) => (deviceId === 'G4' ? 20 * MINUTE : 0);
    const sent = epochs.slice(0, 80).map((one) => ({ ...one, time: one.time + ahead(one.deviceId), quality: ['late' as const] }));
    await drive(evaluator, sent);
    expect(evaluator.lateBlock).toBeNull();
    const old = [
      { ...reading('G1', 'L1_GP_1.gpsTotalX', t0 + MINUTE / 2, 1, ['late']), seq: 1e6 },
      { ...reading('G1', 'L1_GP_1.gpsTotalY', t0 + MINUTE / 2, 0, ['late']), seq: 1e6 + 1 },
    ];
    await drive(evaluator, old);
    expect(evaluator.lateBlock).toEqual({ from: t0 + MINUTE / 2, to: t0 + MINUTE / 2, samples: 1 });
  });
});

it('an indicator that asks for a series by two of its patterns is fed with it once, cleaned or not', async () => {
  const text = (patterns: string) => `
rulebook: twice
title: { zh: 重, en: twice }
status: acceptance
scope: { kinds: [landslide] }
clock: event
missing: { silent-after: 3 intervals, unknown-when: any }
persistence: { samples: 2, apart: 1 min, instruments: 1 }
hysteresis: { fallback: 80 %, after: 5 min }
cooldown: 0 min
indicators:
  plain: { title: { zh: 速, en: rate }, detector: velocity, channel: ${patterns}, window: 24 h, unit: mm/d, thresholds: { blue: 4 mm/d } }
  cleaned: { title: { zh: 速, en: rate }, detector: velocity, channel: ${patterns}, clean: [{ filter: hampel, window: 12 h, noise: 1 mm }], window: 24 h, unit: mm/d, thresholds: { blue: 4 mm/d } }
levels:
  blue: { when: { any: [plain, cleaned] } }
`;
  const stateOf = async (patterns: string) => {
    const evaluator = new PointEvaluator(
      setup(parseRulebook(text(patterns), 'twice', 'v'), { devices: [{ deviceId: 'C1', interval: 600 }] }),
    );
    await drive(
      evaluator,
      Array.from({ length: 300 }, (_, at) => reading('C1', 'L1_LF_1', t0 + at * 10 * MINUTE, at / 50 + Math.sin(at))),
    );
    return evaluator.keep();
  };
  expect(await stateOf('[L1_LF_*, L1_LF_1]')).toEqual(await stateOf('L1_LF_*'));
});
