import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fromIso, MINUTE, SECOND } from '#libs/contracts';
import { alarmsOf } from '#libs/evaluate';
import { judge, rulebookAt, type Sample } from '../judge.js';
import { folderOf, recordRules, rowsOf } from '../records.js';
import { digits, type Section, type SectionMaker } from '../section.js';

/** An alarm of a flow begins at most so long before its front passes, ms; what comes earlier is false. */
const before = 60 * MINUTE;
/** Goal for a channel that is dead, ms. */
const deadWithin = 60 * SECOND;
/** Quiet is what lies before the flow can be heard: the record from its beginning to so long before the front. */
const dead = '2019-07-02';

interface Flow {
  day: string;
  front: number;
  samples: Sample[];
}

function flowOf(folder: string, file: string): Flow {
  const [, day = '', h, m, s] = /_(\d{4}-\d\d-\d\d)T(\d\d)(\d\d)(\d\d)_/.exec(file) ?? [];
  const samples = rowsOf(path.join(folder, file)).map(([time, , difference]) => ({
    deviceId: 'D1',
    channel: 'L2_DS_1.OSP',
    time: fromIso(`${time}Z`),
    value: Number(difference),
  }));
  return { day, front: fromIso(`${day}T${h}:${m}:${s}Z`), samples };
}

const subject = () => ({ rulebook: rulebookAt(recordRules('vibration')), devices: [{ deviceId: 'D1', interval: 1 }] });

export const illgraben: SectionMaker = {
  name: 'illgraben',
  needs: 'illgraben_seismic_2019',
  make: async ({ data }): Promise<Section> => {
    const folder = folderOf(data, 'illgraben_seismic_2019') ?? '';
    const flows = readdirSync(folder)
      .filter((file) => file.endsWith('_rms1s.csv'))
      .map((file) => flowOf(folder, file));
    const goals: Section['goals'] = [];
    for (const { day, front, samples } of flows.filter((flow) => flow.day !== dead)) {
      const { said, period } = await judge(subject(), samples);
      const alarms = alarmsOf(said, period, 'orange', 'any');
      const first = alarms.find(({ from, to }) => from >= front - before && from <= front && to >= front - before);
      const others = alarms.filter((alarm) => alarm !== first && (alarm.from < front - before || alarm.from > front + before));
      goals.push(
        {
          what: `${day}: heard before the front passes the check dam`,
          goal: '> 0 min',
          figure: first ? `${digits((front - first.from) / MINUTE)} min` : 'not',
          met: first !== undefined && first.from < front,
        },
        { what: `${day}: alarms on the quiet rest of the record`, goal: 'none', figure: String(others.length), met: others.length === 0 },
      );
    }
    const broken = flows.find((flow) => flow.day === dead);
    if (broken) {
      const began = broken.samples[0]?.time ?? 0;
      let recognised: number | null = null;
      const { said, period } = await judge(subject(), broken.samples, {
        to: began + 10 * MINUTE,
        look: (time, indicators) => {
          if (indicators.some(({ why }) => why?.code === 'dead-channel')) recognised ??= time - began;
        },
      });
      const alarms = alarmsOf(said, period, 'orange', 'any').length;
      goals.push(
        {
          what: `${dead}: dead channel recognised`,
          goal: `≤ ${deadWithin / SECOND} s`,
          figure: recognised === null ? 'not' : `${digits(recognised / SECOND, 0)} s`,
          met: recognised !== null && recognised <= deadWithin,
        },
        { what: `${dead}: alarms from the dead channel`, goal: 'none', figure: String(alarms), met: alarms === 0 },
      );
    }
    return {
      name: 'illgraben',
      title: 'Illgraben (Switzerland): ground vibration of debris flows, 2019',
      about: [
        'Station ILL11, root mean square of the first difference once a second, three hours a record. Rulebook `vibration` beside the recordings: STA 60 s over LTA 1,800 s at 4 (the setting of the debris-flow rulebook, on an amplitude). Only three of the eight published records are here, and one of them is of a dead channel; they have no licence and are read from `--data`.',
      ],
      goals,
    };
  },
};
