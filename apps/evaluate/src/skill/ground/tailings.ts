import path from 'node:path';
import { fromIso, warningLevels } from '#libs/contracts';
import { alarmsOf, rate } from '#libs/evaluate';
import { judge, shipped, type Sample } from '../judge.js';
import { folderOf, rowsOf } from '../records.js';
import { digits, type Section, type SectionMaker } from '../section.js';

const MS_OF_YEAR = 365.25 * 86_400_000;
/** The dam's crest is not in the source. This one leaves 1.2 m above the highest level of the record, 0.2 m more than blue asks for: nothing is to be warned of. */
const leastFreeboard = 1.2;

export const tailings: SectionMaker = {
  name: 'tailings',
  needs: 'tailings_piezometer',
  make: async ({ data }): Promise<Section> => {
    const folder = folderOf(data, 'tailings_piezometer') ?? '';
    const levels = rowsOf(path.join(folder, 'primarypond.csv')).flatMap(([when = '', level]) => {
      const [day = '', clock = ''] = when.split(' ');
      const value = Number(level);
      const time = fromIso(`${day}T${clock.padStart(5, '0')}:00Z`);
      return level !== undefined && level !== '' && Number.isFinite(value) ? [{ time, value }] : [];
    });
    const crest = Math.max(...levels.map(({ value }) => value)) + leastFreeboard;
    const from = levels[0]?.time ?? 0;
    const to = levels.at(-1)?.time ?? 0;
    const freeboard: Sample[] = levels.map(({ time, value }) => ({
      deviceId: 'T1',
      channel: 'L3_WK_1.freeboard',
      time,
      value: crest - value,
    }));
    const rain = rowsOf(path.join(folder, 'envcanada_rainfall.csv')).flatMap(([day, mm]): Sample[] => {
      const time = fromIso(`${day}T23:59:00Z`);
      return mm === undefined || mm === '' || time < from || time > to
        ? []
        : [{ deviceId: 'R1', channel: 'L3_YL_1', time, value: Number(mm) }];
    });
    const samples = [...freeboard, ...rain].toSorted((a, b) => a.time - b.time);
    const subject = {
      rulebook: shipped('tailings-pond'),
      point: { damGrade: 5 },
      devices: [
        { deviceId: 'T1', interval: 300 },
        { deviceId: 'R1', interval: 86_400 },
      ],
    };
    const { said, period, readings } = await judge(subject, samples);
    const years = (period.to - period.from) / MS_OF_YEAR;
    const counts = warningLevels.map((level) => alarmsOf(said, period, level, 'confirmed').length);
    const wet = rain.filter(({ value }) => value >= 25).length;
    const very = rain.filter(({ value }) => value >= 50).length;
    const orange = counts[warningLevels.indexOf('orange')] ?? 0;
    return {
      name: 'tailings',
      title: 'A quiet tailings pond, June–August 2020',
      about: [
        `${readings} readings: pond level every 5 minutes as freeboard below a crest that leaves ${leastFreeboard} m at its highest (assumed: the crest is not in the source), and daily rain. Rulebook \`tailings-pond\` as shipped. Nothing happened there; rain of 25 mm and more in a day is blue by intent, of 50 mm yellow (${wet} and ${very} such days).`,
      ],
      goals: [{ what: 'warnings of orange or red', goal: 'none', figure: String(orange), met: orange === 0 }],
      tables: [
        {
          caption: `Confirmed warnings, ${digits(years, 2)} station-years`,
          head: ['', ...warningLevels],
          rows: [
            ['count', ...counts.map(String)],
            [
              'per station-year (95 %)',
              ...counts.map((count) => {
                const yearly = rate(count, years);
                return `${digits(yearly.value)} (${digits(yearly.low)}–${digits(yearly.high)})`;
              }),
            ],
          ],
        },
      ],
    };
  },
};
