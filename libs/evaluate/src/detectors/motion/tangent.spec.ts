import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR } from '#libs/contracts';
import { IndicatorText, parameterFaults } from '../index.js';
import { TangentDetector } from './tangent.js';

const options = { window: DAY, uniform: 300 * HOUR, floor: 1 };
const text = {
  title: { zh: '切线角', en: 'angle' },
  channel: 'L1_LF_*',
  detector: 'tangent',
  window: '24 h',
  uniform: '300 h',
  floor: '1.5 mm/d',
  unit: '°',
};

describe('improved tangent angle', () => {
  it('says of which two rates it is made', () => {
    const detector = new TangentDetector({ ...options, v0: 2.4 });
    for (let hour = 0; hour < 30; hour += 1) detector.feed(hour * HOUR, hour / 5);
    expect(detector.detail?.v).toBeCloseTo(4.8, 9);
    expect(detector.detail?.v0).toBe(2.4);
    expect(detector.value).toBeCloseTo((Math.atan(2) * 180) / Math.PI, 9);
  });

  it('answers whether it lies between two angles as its value does', () =>
    fc.assert(
      fc.property(fc.integer({ min: -30, max: 300 }), fc.integer({ min: -10, max: 95 }), (rate, low) => {
        const detector = new TangentDetector({ ...options, v0: 2.4 });
        for (let hour = 0; hour < 30; hour += 1) detector.feed(hour * HOUR, (rate * hour) / 240 + (hour % 2));
        const { value } = detector;
        const isBetween = value !== null && value > low && value < low + 10;
        if (detector.surelyBetween(low, low + 10)) expect(isBetween).toBe(true);
        else expect(value !== null && value > low + 0.01 && value < low + 9.99 && value > 0).toBe(false);
      }),
    ));

  it.each([
    ['as large as uniform creep with its tolerance', '47 °', undefined, []],
    ['within it', '46 °', undefined, ['thresholds']],
    ['within a tolerance the rulebook gives', '47 °', '5 °', ['thresholds']],
  ])('takes a threshold %s or says that it would raise on creep', (_, blue, tolerance, faults) => {
    const spec = IndicatorText.parse({ ...text, thresholds: { blue }, ...(tolerance === undefined ? {} : { tolerance }) });
    expect(parameterFaults(spec).map(({ field }) => field)).toEqual(faults);
  });
});
