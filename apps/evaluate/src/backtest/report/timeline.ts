import { levelRank, warningLevels, type PointLevel } from '#libs/contracts';
import type { KnownEvent, Stretch } from '#libs/evaluate';
import { changesOf } from '../output/json.js';
import { levelTexts, texts, type Text } from '../output/texts.js';
import { number } from '../output/words.js';
import type { JobResult } from '../run/job.js';
import type { TracedCurve } from '../run/trace.js';
import { curveColours, levelColours } from './colours.js';
import { escaped, label, line, px, roundTicks, scaleOf, timeTicks, type Frame, type Scale } from './svg.js';

const width = 1120;
const left = 64;
const right = width - 12;
const panelHeight = 150;
const bandHeight = 34;
const gap = 34;
/** Panels of readings in one figure; more make a page nobody reads. */
const readingPanels = 6;

interface Panel {
  title: Text;
  curves: TracedCurve[];
  thresholds: Partial<Record<PointLevel, number>>;
}

/** Readings, indicators with their thresholds, levels and events of one point over one axis of time, as SVG. `other`: levels of another rulebook. */
export function timeline(result: JobResult, events: readonly KnownEvent[], other?: JobResult): string {
  const { from, to } = result.period;
  const x = scaleOf(from, to, left, right);
  const panels = panelsOf(result);
  const parts: string[] = [];
  let top = 24;
  const bottom = top + (other ? 2 : 1) * (bandHeight + gap) + panels.length * (panelHeight + gap) - gap + 4;
  for (const { at, text } of timeTicks(from, to))
    parts.push(line(x(at), 20, x(at), bottom, 'class="grid"'), label(x(at), bottom + 14, text, 'class="tick" text-anchor="middle"'));
  const bands: [JobResult, string][] = [
    [result, `${texts.levelBand.zh} ${texts.levelBand.en} · ${result.rulebook.id}@${result.rulebook.version}`],
  ];
  if (other) bands.push([other, `${texts.compare.zh} ${texts.compare.en} · ${other.rulebook.id}@${other.rulebook.version}`]);
  for (const [one, title] of bands) {
    parts.push(label(left, top - 6, title, 'class="title"'), band(one, x, top));
    top += bandHeight + gap;
  }
  for (const panel of panels) {
    parts.push(drawn(panel, x, { left, right, top, bottom: top + panelHeight }, result.period));
    top += panelHeight + gap;
  }
  for (const event of events.filter(({ at }) => at >= from && at <= to)) {
    const name = event.outcome === 'event' ? texts.event : texts.unknownEvent;
    parts.push(
      `<g class="event"><title>${escaped(`${name.zh} ${name.en} ${event.note ?? ''}`)}</title>${line(x(event.at), 16, x(event.at), bottom, 'class="event"')}${label(x(event.at) - 3, 12, `${name.zh} ${name.en} ▼`, 'text-anchor="end" class="eventname"')}</g>`,
    );
  }
  return `<svg viewBox="0 0 ${width} ${bottom + 22}" role="img"><defs><pattern id="grey" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="6" height="6" fill="#d9dce0"/><line x1="0" y1="0" x2="0" y2="6" stroke="#aab0b8" stroke-width="2"/></pattern></defs>${parts.join('')}</svg>`;
}

function panelsOf({ curves, indicators }: JobResult): Panel[] {
  const all = curves ?? [];
  const readings = all.filter(({ kind }) => kind === 'reading').slice(0, readingPanels);
  const ids = [...new Set(indicators.map(({ id }) => id))];
  return [
    ...readings.map((curve): Panel => ({
      title: { zh: `${texts.readings.zh} ${curve.channel}`, en: `${texts.readings.en} ${curve.deviceId} ${curve.channel}` },
      curves: [curve],
      thresholds: {},
    })),
    ...ids.flatMap((id): Panel[] => {
      const own = all.filter(({ indicator }) => indicator === id);
      const [of] = indicators.filter((indicator) => indicator.id === id);
      if (!of || own.length === 0) return [];
      return [{ title: { zh: `${of.title?.zh ?? id} (${of.unit})`, en: of.title?.en ?? '' }, curves: own, thresholds: of.thresholds }];
    }),
  ];
}

/** The levels said, as coloured stretches; a candidate is drawn half as high as what is confirmed. */
function band({ said, period }: JobResult, x: Scale, top: number): string {
  const changes = changesOf(said);
  const first = changes[0];
  const steps: { at: number; level: PointLevel; confirmed: boolean }[] =
    first && first.at > period.from ? [{ at: period.from, level: 'unknown', confirmed: true }] : [];
  for (const one of changes)
    steps.push({ at: one.at, level: one.level, confirmed: one.certainty === null || one.certainty === 'confirmed' });
  const parts = steps.map(({ at, level, confirmed }, index) => {
    const end = steps[index + 1]?.at ?? period.to;
    const { fill, text } = levelColours[level];
    const height = confirmed ? bandHeight : bandHeight / 2;
    const size = Math.max(0.6, x(end) - x(at));
    const words = size > 90 ? `${levelTexts[level].zh} ${levelTexts[level].en}` : size > 34 ? levelTexts[level].zh : '';
    const state = confirmed ? '' : ` ${texts.candidate.zh} ${texts.candidate.en}`;
    return (
      `<rect x="${px(x(at))}" y="${px(top + bandHeight - height)}" width="${px(size)}" height="${height}" fill="${fill}"><title>${levelTexts[level].zh} ${levelTexts[level].en}${state}</title></rect>` +
      (words ? label(x(at) + 5, top + bandHeight - height / 2 + 4, words, `fill="${text}" class="level"`) : '')
    );
  });
  return `${parts.join('')}<rect x="${left}" y="${top}" width="${right - left}" height="${bandHeight}" class="frame"/>`;
}

function drawn({ title, curves, thresholds }: Panel, x: Scale, frame: Frame, period: Stretch): string {
  const inside = curves.map((curve) => ({ ...curve, points: curve.points.filter(([at]) => at >= period.from && at <= period.to) }));
  const lows = inside.flatMap(({ points }) => points.map(([, low]) => low));
  const highs = inside.flatMap(({ points }) => points.map(([, , high]) => high));
  const shown = thresholdsShown(thresholds, highs);
  const least = smallest([...lows, ...shown.map(([, value]) => value)]);
  const most = largest([...highs, ...shown.map(([, value]) => value)]);
  const room = (most - least || 1) * 0.06;
  const y = scaleOf(least - room, most + 2 * room, frame.bottom, frame.top);
  const ticks = roundTicks(least, most, 4).map(
    (value) =>
      line(frame.left, y(value), frame.right, y(value), 'class="grid"') +
      label(frame.left - 6, y(value) + 4, number(value), 'class="tick" text-anchor="end"'),
  );
  const limits = shown.map(([level, value]) => {
    const { fill } = levelColours[level];
    const words = `${levelTexts[level].zh} ${levelTexts[level].en} ${number(value)}`;
    return (
      line(frame.left, y(value), frame.right, y(value), `stroke="${fill}" class="limit"`) +
      label(frame.left + 6, y(value) - 3, words, 'class="limitname"')
    );
  });
  const paths = inside.map(({ points, deviceId, channel }, at) => {
    const colour = curveColours[at % curveColours.length] ?? curveColours[0];
    return `<path d="${pathOf(points, x, y)}" stroke="${colour}" class="curve"><title>${escaped(`${deviceId} ${channel}`)}</title></path>`;
  });
  const legend =
    inside.length < 2
      ? ''
      : inside
          .slice(0, 6)
          .map(({ deviceId, channel }, at) =>
            label(
              frame.right - 8 - (Math.min(inside.length, 6) - 1 - at) * 150,
              frame.top - 6,
              `${deviceId} ${channel}`,
              `fill="${curveColours[at % curveColours.length]}" class="tick" text-anchor="end"`,
            ),
          )
          .join('');
  return [
    label(frame.left, frame.top - 6, `${title.zh} ${title.en}`, 'class="title"'),
    legend,
    ...ticks,
    ...limits,
    ...paths,
    `<rect x="${frame.left}" y="${frame.top}" width="${frame.right - frame.left}" height="${frame.bottom - frame.top}" class="frame"/>`,
  ].join('');
}

/** Thresholds near enough to the curve to be worth their room: one far above it would press it flat. */
function thresholdsShown(thresholds: Panel['thresholds'], highs: readonly number[]): [PointLevel, number][] {
  const all = warningLevels.flatMap((level): [PointLevel, number][] =>
    thresholds[level] === undefined ? [] : [[level, thresholds[level]]],
  );
  all.sort((a, b) => levelRank(a[0]) - levelRank(b[0]));
  const limit = 2 * Math.max(largest(highs), all[0]?.[1] ?? 0);
  return all.filter(([, value]) => value <= limit);
}

/** From the smallest to the largest of each piece of time; broken where samples are missing. */
function pathOf(points: TracedCurve['points'], x: Scale, y: Scale): string {
  const steps = points.slice(1).map(([at], index) => at - (points[index]?.[0] ?? at));
  const usual = steps.toSorted((a, b) => a - b)[steps.length >> 1] ?? 0;
  return points
    .map(([at, low, high], index) => {
      const before = points[index - 1];
      const start = before && at - before[0] <= usual * 4 ? 'L' : 'M';
      return low === high ? `${start}${px(x(at))} ${px(y(low))}` : `${start}${px(x(at))} ${px(y(low))}V${px(y(high))}`;
    })
    .join('');
}

// Not Math.min(...): a curve of thousands of points is more than a call can take.
const smallest = (values: readonly number[]): number => values.reduce((least, one) => Math.min(least, one), Number.POSITIVE_INFINITY);
const largest = (values: readonly number[]): number => values.reduce((most, one) => Math.max(most, one), Number.NEGATIVE_INFINITY);
