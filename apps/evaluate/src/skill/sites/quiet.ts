import { warningLevels } from '#libs/contracts';
import { rate } from '#libs/evaluate';
import { digits, type Section, type SectionMaker } from '../section.js';
import { siteResults } from './pool.js';
import { counted, type SiteResult } from './site-result.js';

const HOURS_OF_YEAR = 365.25 * 24;

/** Station-years that were judged. */
const yearsOf = (results: readonly SiteResult[]): number =>
  results.reduce((sum, { red }) => sum + red.confirmed.judgedTime / 3_600_000 / HOURS_OF_YEAR, 0);

function rows(name: string, results: readonly SiteResult[]): string[][] {
  const years = yearsOf(results);
  return counted.map((what) => [
    `${name}, ${what}`,
    digits(years),
    ...warningLevels.map((level) => {
      const found = results.reduce((sum, { warnings }) => sum + warnings[what][level], 0);
      const yearly = rate(found, years);
      return `${digits(yearly.value, 2)} (${digits(yearly.low, 2)}–${digits(yearly.high, 2)})`;
    }),
  ]);
}

/** Sites at which nothing happens: what noise and creep alone make the landslide rulebooks say. */
export const quiet: SectionMaker = {
  name: 'quiet',
  make: async ({ sites, threads, say }): Promise<Section> => {
    const count = Math.max(6, Math.round(sites * 0.06));
    say(`quiet: ${count} sites of noise`);
    const noise = await siteResults(count, { motion: 'still', seed: 2 }, threads, () => undefined);
    say(`quiet: ${count} sites of creep`);
    const creep = await siteResults(count, { motion: 'creep', seed: 3 }, threads, () => undefined);
    const reds = [...noise, ...creep].reduce((sum, { warnings }) => sum + warnings.confirmed.red, 0);
    const oranges = [...noise, ...creep].reduce((sum, { warnings }) => sum + warnings.confirmed.orange, 0);
    return {
      name: 'quiet',
      title: 'Nothing but noise, and nothing but creep: false warnings per station-year',
      about: [
        `${count} simulated sites each of 110 days with the instruments of the section on sites (noise × 1, outages, spikes and jumps as there): rock that does not move, and creep of 0.02–1.5 mm/d. Landslide rulebooks as shipped. A warning of a level counts for the weaker ones too.`,
      ],
      goals: [
        { what: 'confirmed red', goal: 'none', figure: String(reds), met: reds === 0 },
        {
          what: 'confirmed orange',
          goal: 'stated',
          figure: `${oranges} in ${digits(yearsOf([...noise, ...creep]))} station-years`,
          met: null,
        },
      ],
      tables: [
        {
          caption: 'Warnings per station-year (95 %)',
          head: ['site, what counts', 'station-years', ...warningLevels],
          rows: [...rows('noise', noise), ...rows('creep', creep)],
        },
      ],
    };
  },
};
