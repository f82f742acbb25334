import type { Outcome } from '../report.js';
import type { Bench } from './bench.js';
import { rowsOf, runHistory, type HistoryRun } from './history-run.js';

const minute = 60_000;
/** A threshold and a velocity for every crack meter; nothing ever reaches them. */
const rules = `rulebook: bench-history
title: { zh: 基准规则, en: Benchmark rulebook }
status: acceptance
scope: { kinds: [landslide] }
clock: event
missing: { silent-after: 3 intervals, unknown-when: any }
persistence: { samples: 3, apart: 10 min, instruments: 1 }
hysteresis: { fallback: 80 %, after: 12 h }
cooldown: 24 h
indicators:
  level: { title: { zh: 位移, en: Displacement }, detector: level, channel: L1_LF_*, unit: mm, thresholds: { blue: 5000 mm, yellow: 6000 mm, orange: 7000 mm, red: 9000 mm } }
  velocity: { title: { zh: 速率, en: Velocity }, detector: velocity, channel: L1_LF_*, window: 24 h, unit: mm/d, thresholds: { blue: 4 mm/d, yellow: 5 mm/d, orange: 10 mm/d, red: 15 mm/d } }
levels:
  blue: { when: { any: [level, velocity] } }
  yellow: { when: { any: [level, velocity] } }
  orange: { when: { any: [level, velocity] } }
  red: { when: { any: [level, velocity] } }
`;
const channels = ['L1_LF_1', 'L1_LF_2', 'L1_LF_3'].map((name) => ({ name, perDay: 0.1, noise: 0.2 }));

/** How fast a backtest goes over history, reading the file included. */
export const backtest: Bench = {
  name: 'backtest',
  about: 'a history read from CSV and judged by a threshold and a velocity a channel: readings a second of one core (--rows N, 3 million)',
  async run(options, say): Promise<Outcome> {
    const rows = rowsOf(options.rows);
    const dense = await runHistory({ rows, devices: 1, channels, step: minute }, rules, say);
    const sparse = await runHistory({ rows, devices: 1, channels, step: 10 * minute }, rules, say);
    return {
      method:
        `${rows} readings of three crack meters as CSV (ISO times, about 43 bytes a line), each judged by a threshold and a Theil–Sen velocity over 24 h of npm run backtest in a ` +
        'process of its own with one thread; readings over its CPU time from the first byte to the last judgement, Node.js start excluded. At one value a minute, and at one in ten',
      figures: { ...figuresOf(dense), tenMinutes: figuresOf(sparse) },
      bounds: [
        { figure: 'perSecond', is: 'min', floor: 1_000_000 },
        { figure: 'tenMinutes.perSecond', is: 'min', floor: 1_000_000 },
      ],
    };
  },
};

const figuresOf = ({ readings, surveyMs, runMs }: HistoryRun) => ({
  perSecond: Math.round(readings / ((surveyMs + runMs) / 1000)),
  readings,
  parseMicrosPerReading: (surveyMs * 1000) / readings,
  judgeMicrosPerReading: (runMs * 1000) / readings,
});
