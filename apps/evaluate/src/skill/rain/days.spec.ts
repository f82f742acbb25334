import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crossValidate, falseShare, greatestCsi } from './cross-validation.js';
import { areaUnderCurve, countsAt, csi, type Day } from './days.js';
import { mukilteo, hourlyRain } from './mukilteo.js';
import { soilWaterIndex } from './soil-water.js';

const day = (at: number, slide: boolean, rain: number, other = 0): Day => ({ day: `2020-01-${at}`, slide, indices: { rain, other } });
const anyDays = fc
  .array(fc.record({ slide: fc.boolean(), rain: fc.integer({ min: 0, max: 8 }) }), { minLength: 2, maxLength: 40 })
  .map((all) => all.map(({ slide, rain }, at) => day(at, slide, rain)))
  .filter((days) => days.some(({ slide }) => slide) && days.some(({ slide }) => !slide));
const folds = ({ day: name }: Day) => String(Number(name.split('-')[2]) % 3);

describe('areaUnderCurve', () => {
  it('is the share of pairs in which the slide day is the wetter one', () => {
    fc.assert(
      fc.property(anyDays, (days) => {
        const slides = days.filter(({ slide }) => slide);
        const quiet = days.filter(({ slide }) => !slide);
        const won = slides.flatMap((a) => quiet.map((b) => (Math.sign(a.indices['rain']! - b.indices['rain']!) + 1) / 2));
        expect(areaUnderCurve(days, 'rain')).toBeCloseTo(won.reduce((sum, one) => sum + one, 0) / won.length, 12);
      }),
    );
  });
});

describe('crossValidate', () => {
  it('never looks at the days it counts on: what one fold holds changes no other fold’s choice', () => {
    // Only fold 0 knows slides above 5; when it is left out, the others choose as if they were never there.
    const days = [day(0, true, 9), day(3, true, 8), day(1, true, 3), day(4, false, 1), day(2, true, 4), day(5, false, 2)];
    const { thresholds } = crossValidate(days, ['rain'], folds, greatestCsi);
    expect(thresholds[0]).toBeLessThan(3);
  });

  it('counts every slide day once, and is seldom better than the best threshold looked up on the same days', () => {
    fc.assert(
      fc.property(anyDays, (days) => {
        const found = crossValidate(days, ['rain', 'other'], folds, greatestCsi);
        expect(found.tp + found.fn).toBe(days.filter(({ slide }) => slide).length);
        const best = Math.max(...[...Array(10).keys()].map((at) => csi(countsAt(days, 'rain', at))), csi(countsAt(days, 'other', 0)));
        const same = greatestCsi(days, 'rain');
        expect(csi(countsAt(days, 'rain', same.threshold))).toBeCloseTo(same.worth, 12);
        expect(same.worth).toBeLessThanOrEqual(best + 1e-12);
      }),
    );
  });

  it('a share of false days is kept on the days it was chosen on', () => {
    const days = Array.from({ length: 100 }, (_, at) => day(at, false, at)).concat(day(100, true, 97.2));
    const { threshold } = falseShare(0.05)(days, 'rain');
    expect(countsAt(days, 'rain', threshold)).toEqual({ tp: 1, fp: 5, fn: 0 });
  });
});

const options = { data: undefined, sites: 0, seed: 1, creeps: 0, threads: 1, say: () => undefined };

it('Mukilteo: what the USGS and another implementation found is found again', async () => {
  const { goals } = await mukilteo.make(options);
  const reproduced = goals.filter(({ what }) => /reproduced|AUC/.test(what));
  expect(reproduced).toHaveLength(4);
  expect(reproduced.filter(({ met }) => met !== true)).toEqual([]);
});

it('Mukilteo: hours that are missing are no dry hours', () => {
  expect(hourlyRain('KBFI')).toHaveLength(12_624 - 117);
});

it('the soil water index has the published vectors', async () => {
  const { goals } = await soilWaterIndex.make(options);
  expect(goals.map(({ met }) => met)).toEqual([true]);
});
