import { levelRank } from '#libs/contracts';
import { quantile } from '#libs/evaluate';
import { drawnFrom, forecastChart } from '../output/forecast-chart.js';
import { digits, type Section, type SectionMaker } from '../section.js';
import { crises, earlierCrises, failure, firstTold, forecasts, rulebook, uncertain } from './preonzo-record.js';

/** Goal: so many samples between the first red and the collapse. */
const leadWanted = 24;

export const preonzo: SectionMaker = {
  name: 'preonzo',
  make: async ({ say }): Promise<Section> => {
    const first = await firstTold();
    say('preonzo: the final stage');
    const published = (await Promise.all(Array.from({ length: 13 }, (_, shift) => forecasts(shift)))).flat();
    const contains = published.filter(({ lower, upper, left }) => lower <= left && left <= upper).length;
    const nearly = published.filter(({ lower, upper, left }) => lower <= left + uncertain && left - uncertain <= upper).length;
    // Centre − operational is at least the reserve: what the operational time may be late by is measured against it.
    const late = published.filter(({ operational, left, centre }) => operational - left > 0.15 * centre).length;
    const pastFailure = published.filter(({ operational, left }) => operational > left).length;
    say('preonzo: ten years before');
    const runs = await Promise.all([1, 2].map((seed) => earlierCrises(seed)));
    const worst = crises.map(
      (_, at) => runs.map(({ strongest }) => strongest[at] ?? 'none').toSorted((a, b) => levelRank(b) - levelRank(a))[0] ?? 'none',
    );
    const error = published.map(({ centre, left }) => centre - left).toSorted((a, b) => a - b);
    return {
      name: 'preonzo',
      title: 'Preonzo 2012, extensometer E1: the one record with a final collapse',
      about: [
        `Rulebook \`${rulebook}\` as shipped, one instrument. The cadence is not in the source: **one sample an hour is assumed**, so an hour below is a sample. The record is our own digitisation (±0.4 mm).`,
        `The forecast is updated every 13 samples; the record is judged 13 times with the blocks cut one sample later each, which gives ${published.length} updates instead of a handful (they are not independent).`,
        'The earlier crises are only in the coarse digitisation (one point in 84 samples): it is drawn out to hourly samples by straight lines, with uniform noise of ±0.4 mm, twice.',
      ],
      goals: [
        {
          what: 'first candidate red before the collapse',
          goal: `≥ ${leadWanted} samples`,
          figure: first.red === undefined ? 'none' : `${digits(failure - first.red, 0)} samples`,
          met: first.red !== undefined && failure - first.red >= leadWanted,
        },
        {
          what: 'one instrument alone is confirmed',
          goal: 'at most yellow',
          figure: first.confirmed,
          met: levelRank(first.confirmed) <= levelRank('yellow'),
        },
        ...crises.map(({ name }, at) => ({
          what: `earlier crisis, sample ${name}`,
          goal: 'at most orange',
          figure: worst[at] ?? 'none',
          met: levelRank(worst[at] ?? 'none') <= levelRank('orange'),
        })),
        {
          what: 'forecast interval contains the collapse',
          goal: '≥ 85 % of the updates',
          figure: `known to ±${uncertain} samples: ${nearly} of ${published.length} (${digits((100 * nearly) / published.length, 0)} %); its middle alone: ${contains} (${digits((100 * contains) / published.length, 0)} %)`,
          met: nearly / published.length >= 0.85,
        },
        {
          what: 'operational time late by more than its reserve',
          goal: 'never',
          figure: `${late} of ${published.length}; past the collapse at all: ${pastFailure}`,
          met: late === 0 && published.length > 0,
        },
      ],
      tables: [
        {
          caption: 'When each level was first told (samples before the collapse)',
          head: ['yellow', 'orange', 'red'],
          rows: [[first.yellow, first.orange, first.red].map((index) => (index === undefined ? '–' : digits(failure - index, 0)))],
        },
        {
          caption: 'Error of the centre (samples, + is too late) over all updates',
          head: ['updates', 'p10', 'median', 'p90', 'first update before the collapse'],
          rows: [
            [
              String(published.length),
              ...[0.1, 0.5, 0.9].map((share) => digits(quantile(error, share))),
              digits(Math.max(...published.map(({ left }) => left)), 0),
            ],
          ],
        },
        {
          caption: 'Ten years before the final stage, outside both crises',
          head: ['run', 'warnings of orange', 'of red (crises included)'],
          rows: runs.map(({ otherOranges, reds }, at) => [String(at + 1), String(otherOranges), String(reds)]),
        },
      ],
      charts: [
        {
          file: 'preonzo-forecasts.svg',
          caption: `Each forecast: interval (bar), centre (dot) and operational time (red), as error against the samples left; below 0 is too early, above too late. ${published.filter(({ left }) => left > drawnFrom).length} updates more than ${drawnFrom} samples before, of a burst that calmed, are not drawn.`,
          svg: forecastChart(published),
        },
      ],
    };
  },
};
