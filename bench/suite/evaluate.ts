import type { Outcome } from '../report.js';
import { ruleCount, rulebookText } from '../rules.js';
import type { Bench } from './bench.js';
import { rowsOf, runHistory } from './history-run.js';

const minute = 60_000;
/** The sensors the bench's twenty rules read, on each of four devices. */
const channels = [
  { name: 'L1_LF_1', perDay: 0.02, noise: 0.2 },
  { name: 'L3_YL_1', perDay: 0, noise: 0.1 },
  { name: 'L1_QJ_1.X', perDay: 0, noise: 0.05 },
];

/** How fast readings are judged by twenty rules a point, and what a channel's windows take. */
export const evaluate: Bench = {
  name: 'evaluate',
  about: `a history judged by ${ruleCount} rules a point: readings a second of one core, bytes of state a channel (--rows N, 3 million)`,
  async run(options, say): Promise<Outcome> {
    const rows = rowsOf(options.rows);
    const run = await runHistory({ rows, devices: 4, channels, step: minute }, rulebookText(undefined, '24 h'), say);
    return {
      method:
        `${rows} readings of four devices with three channels at one value a minute, judged by the ${ruleCount} rules of bench/rules.ts (levels, changes and sums over 1 min to 24 h, two ` +
        'Theil–Sen velocities over 24 h), through the live stream and evaluator in a process of its own with one thread; CPU time without reading the file. State: memory that is freed ' +
        'when the evaluator is let go at the end, all windows full',
      figures: {
        perSecond: Math.round(run.readings / (run.runMs / 1000)),
        readings: run.readings,
        rules: ruleCount,
        channels: run.series,
        bytesPerChannel: run.stateBytes === null ? null : Math.round(run.stateBytes / run.series),
      },
      bounds: [{ figure: 'perSecond', is: 'min', floor: 300_000 }],
    };
  },
};
