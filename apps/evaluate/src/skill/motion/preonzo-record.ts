import { HOUR, levelRank, type IndicatorValue, type PointLevel } from '#libs/contracts';
import { alarmsOf } from '#libs/evaluate';
import { preonzoRecord, SeededRandom } from '#simulators/terrain';
import { judge, shipped, type Sample } from '../judge.js';

/** Sample at which the slope collapsed, and how well that is known (recordings/preonzo-2012/README.md). */
export const failure = 37_067;
export const uncertain = 4;
export const rulebook = 'landslide-rock';
const devices = [{ deviceId: 'E1', interval: 3600 }];
const start = Date.UTC(2012, 3, 13);

/** One forecast as it was published. Samples, counted from the sample it was published at. */
export interface Published {
  /** Samples left until the collapse. */
  left: number;
  lower: number;
  centre: number;
  upper: number;
  operational: number;
}

/** Crises before the collapse: from and to which sample somebody would have been warned of them. */
export const crises = [
  { name: 'about 20,500 (+45 mm)', from: 19_500, to: 22_000 },
  { name: 'about 26,800 (+17 mm)', from: 26_300, to: 28_000 },
] as const;

/** The record before the collapse. The blocks of the forecast stand on multiples of their length, so another `shift` (h) cuts them otherwise. */
function finalStage(shift: number): { samples: Sample[]; timeOf: (index: number) => number } {
  const timeOf = (index: number) => start + (index + shift) * HOUR;
  const samples = preonzoRecord('final')
    .filter(({ index }) => index < failure - uncertain)
    .flatMap(({ index, value }) => (value === null ? [] : [{ deviceId: 'E1', channel: 'L1_LF_1', time: timeOf(index), value }]));
  return { samples, timeOf };
}

/** Every forecast published before the collapse, with the blocks cut at `shift`. */
export async function forecasts(shift: number): Promise<Published[]> {
  const { samples, timeOf } = finalStage(shift);
  const all: Published[] = [];
  let age = Number.POSITIVE_INFINITY;
  const look = (time: number, indicators: readonly IndicatorValue[]): void => {
    const found = indicators.find(({ id }) => id === 'failure-time');
    const detail = found?.detail;
    if (!detail || found.value === null) {
      age = Number.POSITIVE_INFINITY;
      return;
    }
    // A forecast that is younger than the one before is a new one.
    if ((detail['age'] ?? 0) < age) {
      const left = (timeOf(failure) - time) / HOUR;
      all.push({
        left,
        lower: detail['lower'] ?? NaN,
        centre: detail['centre'] ?? NaN,
        upper: detail['upper'] ?? NaN,
        operational: found.value,
      });
    }
    age = detail['age'] ?? 0;
  };
  await judge({ rulebook: shipped(rulebook), devices }, samples, { look });
  return all;
}

/** First candidate of a level or a stronger one, as the sample it was told at; undefined where there was none. */
export async function firstTold(): Promise<Record<'yellow' | 'orange' | 'red', number | undefined> & { confirmed: PointLevel }> {
  const { samples, timeOf } = finalStage(0);
  const { said, period } = await judge({ rulebook: shipped(rulebook), devices }, samples);
  const of = (level: 'yellow' | 'orange' | 'red') => {
    const [first] = alarmsOf(said, period, level, 'told');
    return first && failure - (timeOf(failure) - first.from) / HOUR;
  };
  const confirmed = said.map(({ confirmedLevel }) => confirmedLevel).toSorted((a, b) => levelRank(b) - levelRank(a))[0] ?? 'none';
  return { yellow: of('yellow'), orange: of('orange'), red: of('red'), confirmed };
}

const levelNames: readonly PointLevel[] = ['none', 'blue', 'yellow', 'orange', 'red'];

/** Strongest level anybody would have been told of during each crisis, and how many warnings of orange the ten years had beside them. */
export async function earlierCrises(seed: number): Promise<{ strongest: PointLevel[]; otherOranges: number; reds: number }> {
  const coarse = preonzoRecord('coarse').flatMap(({ index, value }) => (value === null ? [] : [{ index, value }]));
  const random = new SeededRandom(seed);
  const samples: Sample[] = [];
  for (const [at, here] of coarse.entries()) {
    const next = coarse[at + 1];
    if (!next || next.index > 36_300) break;
    for (let index = Math.ceil(here.index); index < next.index; index += 1) {
      const between = here.value + ((next.value - here.value) * (index - here.index)) / (next.index - here.index);
      // The digitising resolves ±0.4 mm: uniform within it.
      samples.push({ deviceId: 'E1', channel: 'L1_LF_1', time: start + index * HOUR, value: between + (random.next() - 0.5) * 0.8 });
    }
  }
  const { said, period } = await judge({ rulebook: shipped(rulebook), devices }, samples);
  const strongest = crises.map(({ from, to }) => {
    const reached = levelNames
      .filter((level) => levelRank(level) > 0)
      .filter((level) =>
        alarmsOf(said, period, level as 'red', 'told').some((alarm) => alarm.from <= start + to * HOUR && alarm.to >= start + from * HOUR),
      );
    return reached.at(-1) ?? 'none';
  });
  const oranges = alarmsOf(said, period, 'orange', 'told');
  const outside = oranges.filter(
    (alarm) => !crises.some(({ from, to }) => alarm.from <= start + to * HOUR && alarm.to >= start + from * HOUR),
  );
  return { strongest, otherOranges: outside.length, reds: alarmsOf(said, period, 'red', 'told').length };
}
