import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '#libs/contracts';
import { horizonOf, IndicatorText, makeDetector } from '../index.js';

const title = { zh: '甲', en: 'a' };
const base = { title, channel: 'L1_LF_*', thresholds: {}, window: '6 h' };
const tangent = { ...base, detector: 'tangent', uniform: '20 h', floor: '1 mm/d', unit: '°' };
const velocity = { ...base, detector: 'velocity', unit: 'mm/d' };
const { window: _, ...noWindow } = base;
const failure = {
  ...noWindow,
  detector: 'failure-time',
  sample: '5 min',
  block: 8,
  uniform: '20 h',
  floor: '1 mm/d',
  worse: 'less',
  unit: 'h',
};
const hampel = { filter: 'hampel', window: '2 h', noise: '0.3 mm' };
const stuck = { filter: 'stuck', window: '2 h', tolerance: '1 mm' };
const step = { filter: 'step', settle: '1 h', noise: '0.3 mm' };
const copied = { filter: 'copied', window: '6 h', run: 4 };
const seasonal = { filter: 'seasonal', period: '4 h', most: '2 mm' };

const indicators: [string, object][] = [
  ['velocity', velocity],
  ['acceleration', { ...base, detector: 'acceleration', unit: 'mm/d²' }],
  ['tangent', tangent],
  ['failure-time', failure],
  ['velocity after hampel', { ...velocity, clean: [hampel] }],
  ['change after hampel', { ...base, detector: 'change', unit: 'mm', clean: [hampel] }],
  ['velocity after stuck', { ...velocity, clean: [stuck] }],
  ['velocity after step', { ...velocity, clean: [step] }],
  ['change after copied', { ...base, detector: 'change', unit: 'mm', clean: [copied] }],
  ['velocity after seasonal', { ...velocity, clean: [seasonal] }],
  ['tangent after all of them', { ...tangent, clean: [copied, hampel, stuck, step, seasonal] }],
];

type Sample = readonly [time: number, value: number];
const step10 = 10 * MINUTE;
/** Every tenth sample comes late, by up to four hours. */
const withLate = (samples: readonly Sample[], dice: readonly number[]): Sample[] =>
  samples.map(([time, value], at) => [(dice[at] ?? 0) % 10 === 9 ? Math.max(0, time - (dice[at] ?? 0) * 2.4 * MINUTE) : time, value]);
const dices = (minLength: number, maxLength: number) => fc.array(fc.integer({ min: 0, max: 99 }), { minLength, maxLength });

/** Days of a series that creeps, jumps, rests, spikes, falls silent for hours and repeats blocks of itself. */
const eventful = dices(20, 500).map((dice) => {
  const values: number[] = [];
  let now = 0;
  let level = 0;
  let copying = 0;
  const samples = dice.map((throwOf, at): Sample => {
    const noise = ((throwOf * 37 + at * 11) % 41) - 20;
    now += (throwOf === 41 ? 30 : 1 + (at % 2)) * step10;
    if (throwOf < 2) level += 2 * noise;
    if (throwOf === 20) copying = 9;
    const isResting = (at >> 5) % 4 === 3;
    const fresh = level + now / (20 * HOUR) + (isResting ? 0 : noise / 10) + (throwOf > 50 && throwOf < 54 ? 30 : 0);
    const value = copying > 0 && values.length > 15 ? (values[values.length - 15] as number) : fresh;
    copying -= 1;
    values.push(value);
    return [now, value];
  });
  return withLate(samples, dice);
});

/** A slope that creeps for a day and then runs away, with next to no noise: the forecast is known for most of the last hours. */
const failing = fc.tuple(dices(420, 520), fc.integer({ min: 540, max: 600 })).map(([dice, failure]) => {
  let moved = 0;
  return withLate(
    dice.map((throwOf, at): Sample => {
      moved += at < 300 ? 0.02 : 0.02 * ((failure - 300) / (failure - at));
      return [at * 5 * MINUTE, moved + throwOf / 20_000];
    }),
    dice,
  );
});

describe('a warm start', () => {
  it.each(indicators)(
    'of %s rebuilds from its horizon what an uninterrupted run has, wherever it is cut and whatever comes late',
    (name, text) => {
      const spec = IndicatorText.parse(text);
      const make = () => makeDetector(spec, { interval: 10 * MINUTE, series: 'L1_LF_1' });
      fc.assert(
        fc.property(name === 'failure-time' ? failing : eventful, fc.nat(), (samples, turn) => {
          const cut = 1 + (turn % (samples.length - 1));
          const whole = make();
          for (const [time, value] of samples.slice(0, cut)) whole.feed(time, value);
          const from = Math.max(...samples.slice(0, cut).map(([time]) => time)) - horizonOf(spec);
          const again = make();
          for (const [time, value] of samples.slice(0, cut)) if (time >= from) again.feed(time, value);
          const memory: unknown = whole.memory?.();
          if (memory !== undefined) again.recall?.(JSON.parse(JSON.stringify(memory)));
          for (const sample of [undefined, ...samples.slice(cut)]) {
            if (sample) for (const one of [whole, again]) one.feed(...sample);
            expect([again.value, again.partial, again.why, again.detail]).toEqual([whole.value, whole.partial, whole.why, whole.detail]);
          }
        }),
        { numRuns: 60 },
      );
    },
  );
});
