import { describe, expect, it } from 'vitest';
import { HOUR } from '#libs/contracts';
import { horizonOf, IndicatorText, makeDetector, parameterFaults } from '../detectors/index.js';

const text = {
  title: { zh: '速率', en: 'rate' },
  channel: 'L1_LF_*',
  detector: 'velocity',
  window: '24 h',
  unit: 'mm/d',
  thresholds: {},
};
const hampel = { filter: 'hampel', window: '12 h', noise: '0.05 mm' };
const stuck = { filter: 'stuck', window: '12 h', tolerance: '0.01 mm' };
const place = { interval: HOUR, series: 'L1_LF_1' };
const made = (clean: readonly object[], more: object = {}) => makeDetector(IndicatorText.parse({ ...text, ...more, clean }), place);

describe('clean', () => {
  it('names filters an indicator is judged through, with what each looks back over', () => {
    const spec = IndicatorText.parse({ ...text, clean: [hampel, stuck] });
    expect(horizonOf(spec)).toBe(horizonOf(IndicatorText.parse(text)) + 12 * HOUR + 12.5 * HOUR);
  });

  it('keeps a spike from a change over a window, which would have shown it whole', () => {
    const change = { detector: 'change', unit: 'mm' };
    const [plain, clean] = [made([], change), made([hampel], change)];
    for (let hour = 0; hour < 40; hour += 1) for (const one of [plain, clean]) one.feed(hour * HOUR, hour === 38 ? 80 : 0.02 * (hour % 3));
    expect([plain.value, clean.value].map((value) => Math.round(value ?? Number.NaN))).toEqual([0, 0]);
    for (const one of [plain, clean]) one.feed(40 * HOUR, 80);
    expect([plain.value, clean.value].map((value) => Math.round(value ?? Number.NaN))).toEqual([80, 0]);
    expect(clean.detail).toEqual({ held: 80 });
  });

  it('makes the indicator unknown, and says why, while a filter distrusts the series', () => {
    const detector = made([hampel, stuck]);
    for (let hour = 0; hour < 40; hour += 1) detector.feed(hour * HOUR, 5);
    expect([detector.value, detector.why, detector.surelyBetween?.(-1, 1)]).toEqual([null, 'stuck', false]);
    detector.feed(40 * HOUR, 5.02);
    expect([detector.value, detector.why]).toEqual([0, undefined]);
    expect(detector.surelyBetween?.(-1, 1)).toBe(true);
  });

  it.each([
    ['tilt', '°/d', { window: '24 h' }, 'T1 L1_QJ_1.X', 'T2 L1_QJ_1.X'],
    ['deep-displacement', 'mm/d', { window: '24 h', neighbours: 'not-required' }, 'N1 L1_SW_1', 'N1 L1_SW_2'],
  ])('leaves one instrument that sticks out of %s across instruments: it must not blind the others', (detector, unit, more, sick, well) => {
    const made3 = made([stuck], { ...more, detector, unit });
    const feed = (hour: number) => {
      made3.feed(hour * HOUR, 5, sick);
      made3.feed(hour * HOUR, hour * 0.5 + (hour % 2) / 10, well);
      made3.feed(hour * HOUR, hour * 0.1 + (hour % 2) / 10, well.replace(/(\d)(\D*)$/, '3$2'));
    };
    for (let hour = 0; hour < 12; hour += 1) feed(hour);
    expect(made3.leftOut).toBeUndefined();
    for (let hour = 12; hour < 48; hour += 1) feed(hour);
    expect(made3.leftOut).toEqual([{ source: sick, why: 'stuck' }]);
    expect(made3.value).toBeCloseTo(detector === 'tilt' ? 12 : 9.6, 1);
    // The least that happens: the one left out may be the fastest.
    expect([made3.partial, made3.why]).toEqual([true, 'stuck']);
    made3.feed(48 * HOUR, 6, sick);
    expect([made3.leftOut, made3.partial]).toEqual([undefined, false]);
  });

  it('keeps a stuck one of three out of what is compared, and says too few are left of two', () => {
    const three = made([stuck], { detector: 'disagreement', unit: '1', window: '24 h', floor: '1 mm' });
    for (let hour = 0; hour < 48; hour += 1)
      for (const at of [1, 2, 3]) three.feed(hour * HOUR, at === 1 ? 5 : hour * at, `G${at} L1_LF_1`);
    expect([three.value, three.why, three.leftOut?.length]).toEqual([null, 'stuck', 1]);
  });

  it.each([
    ['change', { filter: 'step', settle: '6 h', noise: '2 mm' }],
    ['silence', hampel],
  ])('is refused where it would blind the detector: %s', (detector, filter) => {
    const more = detector === 'silence' ? { unit: '1', window: undefined } : { unit: 'mm' };
    const spec = IndicatorText.parse(JSON.parse(JSON.stringify({ ...text, ...more, detector, clean: [filter] })));
    expect(parameterFaults(spec).map(({ field }) => field)).toEqual(['clean']);
  });

  it.each([
    ['no filter of that name', { filter: 'magic' }],
    ['a noise floor of nothing', { ...hampel, noise: '0 mm' }],
    ['a year as a season', { filter: 'seasonal', period: '365 d', most: '2 mm' }],
  ])('is refused when there is %s', (_, filter) => expect(IndicatorText.safeParse({ ...text, clean: [filter] }).success).toBe(false));
});
