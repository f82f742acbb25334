import { HOUR, MINUTE } from '#libs/contracts';
import { judge, rulebookAt } from '../judge.js';
import { recordRules } from '../records.js';
import { digits, type Section, type SectionMaker } from '../section.js';

/** JMA's three tanks under 30 mm/h for three hours and then none, integrated in steps of 10 minutes: mm after each hour (algorithms.md B6). */
const vectors = [29.777, 57.442, 82.699, 77.17, 73.116, 69.751];

/** The index after each of the six hours. */
export async function soilWater(): Promise<number[]> {
  const rain = (minutes: number) => (minutes > 0 && minutes <= 180 ? 5 : 0);
  const samples = Array.from({ length: 37 }, (_, at) => ({
    deviceId: 'R1',
    channel: 'L3_YL_1',
    time: 10 * at * MINUTE,
    value: rain(10 * at),
  }));
  const found: number[] = [];
  await judge({ rulebook: rulebookAt(recordRules('rain-indices')), devices: [{ deviceId: 'R1', interval: 600 }] }, samples, {
    look: (time, indicators) => {
      if (time > 0 && time % HOUR === 0) found.push(indicators.find(({ id }) => id === 'soil-water')?.value ?? NaN);
    },
  });
  return found;
}

export const soilWaterIndex: SectionMaker = {
  name: 'soil-water',
  make: async (): Promise<Section> => {
    const found = await soilWater();
    const exact = found.length === vectors.length && found.every((value, at) => Math.abs(value - (vectors[at] ?? NaN)) < 0.0006);
    return {
      name: 'soil-water',
      title: 'Soil water index: vectors of the three tanks',
      about: ['30 mm/h for three hours, then dry, in steps of 10 minutes.'],
      goals: [
        {
          what: 'index after hours 1–6, mm',
          goal: vectors.join(', '),
          figure: found.map((value) => digits(value, 3)).join(', '),
          met: exact,
        },
      ],
    };
  },
};
