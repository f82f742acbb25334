import { HOUR } from '#libs/contracts';
import { rate, wilson } from '#libs/evaluate';
import { SeededRandom } from '#simulators/terrain';
import { judge, rulebookAt, type Sample } from '../judge.js';
import { recordRules } from '../records.js';
import { digits, shareText, type Section, type SectionMaker } from '../section.js';

/** As the published trials (algorithms.md §2.1): samples a run, rate (mm a sample, Preonzo's uniform stage), noise (mm). */
const samplesOfRun = 500;
const creepRate = 0.1018;
const noise = 0.4;
/** Random walk of the second half of the runs, mm in the root of a sample. */
const wander = 0.05;

/** Creep that never fails, one sample an hour; every second run wanders. */
export function creepingRun(seed: number): Sample[] {
  const random = new SeededRandom(Math.imul(seed + 1, 0x9e3779b1));
  let walk = 0;
  return Array.from({ length: samplesOfRun }, (_, at) => {
    if (seed % 2 === 1) walk += random.normal(wander);
    return { deviceId: 'E1', channel: 'L1_LF_1', time: at * HOUR, value: creepRate * at + walk + random.normal(noise) };
  });
}

/** True when a failure time was ever published, and whether red was ever told. */
export async function spurious(seed: number): Promise<{ forecast: boolean; red: boolean }> {
  let forecast = false;
  const { said } = await judge(
    { rulebook: rulebookAt(recordRules('forecast-only')), devices: [{ deviceId: 'E1', interval: 3600 }] },
    creepingRun(seed),
    {
      look: (_, indicators) => {
        forecast ||= indicators.some(({ id, value }) => id === 'failure-time' && value !== null);
      },
    },
  );
  return { forecast, red: said.some(({ level }) => level === 'red') };
}

export const creep: SectionMaker = {
  name: 'creep',
  make: async ({ creeps, say }): Promise<Section> => {
    let forecasts = 0;
    let reds = 0;
    for (let seed = 0; seed < creeps; seed += 1) {
      const found = await spurious(seed);
      if (found.forecast) forecasts += 1;
      if (found.red) reds += 1;
      if (seed % 200 === 199) say(`creep: ${seed + 1} of ${creeps}`);
    }
    const years = (creeps * samplesOfRun) / (365.25 * 24);
    const perYear = rate(forecasts, years);
    return {
      name: 'creep',
      title: 'Steady creep that never fails',
      about: [
        `${creeps} runs of ${samplesOfRun} hourly samples at ${creepRate} mm a sample with ${noise} mm of noise; every second also wanders by a random walk of ${wander} mm in the root of a sample. Failure-time detector as in the landslide rulebooks.`,
      ],
      goals: [
        {
          what: 'runs in which a failure time was published',
          goal: '≤ 1 in 1,000',
          figure: `${forecasts} of ${creeps}: ${shareText(wilson(forecasts, creeps), 4)}`,
          met: forecasts / creeps <= 0.001,
        },
        {
          what: 'published failure times per station-year',
          goal: 'stated',
          figure: `${digits(perYear.value, 3)} (${digits(perYear.low, 3)}–${digits(perYear.high, 3)})`,
          met: null,
        },
        { what: 'red, even as a candidate', goal: 'none', figure: String(reds), met: reds === 0 },
      ],
    };
  },
};
