import path from 'node:path';
import { DAY, fromIso, toIso } from '#libs/contracts';
import { alarmsOf } from '#libs/evaluate';
import { judge, shipped } from '../judge.js';
import { folderOf, rowsOf } from '../records.js';
import type { Goal, Section, SectionMaker } from '../section.js';
import { judgeSurvey, stepGoals, surveyRecord, type SurveyRecord } from './survey.js';

const copiedMonth = '2011-03';
/** What two surveys of a point at rest may differ by, mm: five times ±5. */
const surveyNoise = 25;

/** Points surveyed at a time, and those whose reading then differs from the one before by more than noise. */
function showing({ samples }: SurveyRecord, at: number): { surveyed: number; differing: number } {
  const now = samples.filter(({ time }) => time === at);
  const differs = now.filter(({ deviceId, channel, value }) => {
    const before = samples.findLast((one) => one.deviceId === deviceId && one.channel === channel && one.time < at);
    return before !== undefined && Math.abs(value - before.value) > surveyNoise;
  });
  return { surveyed: new Set(now.map(({ deviceId }) => deviceId)).size, differing: new Set(differs.map(({ deviceId }) => deviceId)).size };
}

/** Baishuihe: the row of 2011-03 is that of 2008-01 at every point. */
async function copiedRow(folder: string): Promise<Goal[]> {
  const record = surveyRecord(folder, copiedMonth);
  const judged = await judgeSurvey(record);
  const at = fromIso(`${copiedMonth}-15T00:00:00Z`);
  const shows = showing(record, at);
  const raised = judged.said.filter((step) => step.at >= at && step.at < at + 60 * DAY && !['none', 'unknown'].includes(step.level));
  const flagged = judged.held.get(at) ?? 0;
  return [
    {
      what: `Baishuihe: copied row of ${copiedMonth} set aside where it differs by more than ${surveyNoise} mm from the survey before`,
      goal: 'at every such point',
      figure: `${flagged} of ${shows.differing} (${shows.surveyed - shows.differing} other points hardly move: there the copy is within the noise)`,
      met: shows.differing > 0 && flagged >= shows.differing,
    },
    {
      what: 'Baishuihe: level raised by it',
      goal: 'none',
      figure: raised.map(({ level }) => level).join(', ') || 'none',
      met: raised.length === 0,
    },
    ...stepGoals('Baishuihe', record, judged),
  ];
}

/** Baijiabao: one GNSS receiver, a solution a day; accelerates from 5 June 2018. */
async function baijiabao(folder: string): Promise<Goal[]> {
  const samples = rowsOf(path.join(folder, 'baijiabao_daily.csv')).map(([day, moved]) => ({
    deviceId: 'G1',
    channel: 'L1_GP_1.slide',
    time: fromIso(`${day}T00:00:00Z`),
    value: Number(moved),
  }));
  const { said, period } = await judge({ rulebook: shipped('gnss-daily'), devices: [{ deviceId: 'G1', interval: 86_400 }] }, samples);
  const yellow = alarmsOf(said, period, 'yellow', 'told');
  const june = fromIso('2018-06-01T00:00:00Z');
  const before = yellow.filter(({ from }) => from < june);
  const first = yellow.find(({ from }) => from >= june);
  const red = alarmsOf(said, period, 'red', 'confirmed').length;
  return [
    {
      what: 'Baijiabao: detected',
      goal: 'by 2018-06-10',
      figure: first ? toIso(first.from).slice(0, 10) : 'never',
      met: first !== undefined && first.from <= fromIso('2018-06-10T23:59:59Z'),
    },
    { what: 'Baijiabao: warnings in the 230 days before', goal: 'none', figure: String(before.length), met: before.length === 0 },
    { what: 'Baijiabao: confirmed red', goal: 'none', figure: String(red), met: red === 0 },
  ];
}

export const threeGorges: SectionMaker = {
  name: 'three-gorges',
  needs: 'threegorges_baishuihe, threegorges_bazimen, threegorges_baijiabao',
  make: async ({ data }): Promise<Section> => {
    const [baishuihe, bazimen, daily] = ['baishuihe', 'bazimen', 'baijiabao'].map((name) => folderOf(data, `threegorges_${name}`) ?? '');
    const survey = surveyRecord(bazimen ?? '');
    return {
      name: 'three-gorges',
      title: 'Three Gorges: Baishuihe, Bazimen (monthly), Baijiabao (daily); none failed',
      about: [
        'Surveyed once a month or once a day, they are nothing the shipped landslide rulebooks can judge (their rates are of 24 hours: grey throughout). They are judged by `survey-monthly` and `gnss-daily` as shipped: the same detectors over longer windows, two points for orange and red. Their thresholds were written after these records had been seen. Their records have no licence and are read from `--data`.',
      ],
      goals: [
        ...(await copiedRow(baishuihe ?? '')),
        ...stepGoals('Bazimen', survey, await judgeSurvey(survey)),
        ...(await baijiabao(daily ?? '')),
      ],
    };
  },
};
