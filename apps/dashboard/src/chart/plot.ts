import uPlot from 'uplot';
import { dateTime, limit, number, zone } from '../shared/format.js';
import { levelLooks } from '../marks/levels.js';
import type { Threshold } from './bands.js';

/** Curve colours: told apart on the dark ground, none of them near a warning colour. */
export const curveColours = ['#7fd8e8', '#d9a8ff', '#8fe0a8', '#f3a8c6', '#c8d3de', '#9fb3ff'] as const;
export const curveColour = (i: number): string => curveColours[i % curveColours.length] ?? curveColours[0];

export interface PlotOptions {
  width: number;
  height: number;
  names: readonly string[];
  unit: string;
  style: 'line' | 'bars';
  /** Read at every draw, so that lines may move with the data. */
  lines: () => readonly Threshold[];
  /** Levels lie below their lines (the shorter the worse). */
  downward: () => boolean;
  /** Room for every line, from zero on: a curve among its bands. Otherwise the curve fills the chart, and near lines join it. */
  banded: boolean;
  /** Room for every line: the curve is what the lines limit. Read at every draw. */
  allLines: () => boolean;
  /** Smallest value of a logarithmic scale; null = linear. */
  logFloor: number | null;
  /** Stretch of time shown, epoch ms; null = that of the data. Read at every draw. */
  extent: () => { from: number; to: number } | null;
  /** Words on the lines. */
  levelWord: (level: Threshold['level']) => string;
}

/** Axis font; the canvas knows no CSS variables. */
const font = '12px "Noto Sans CJK SC", "Microsoft YaHei", sans-serif';

/** Bands first, under everything; each from its threshold to the next one. */
function drawBands(u: uPlot, lines: readonly Threshold[], downward: boolean): void {
  const { ctx, bbox } = u;
  const sorted = [...lines].toSorted((a, b) => a.value - b.value);
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  sorted.forEach(({ level, value }, i) => {
    const neighbour = downward ? sorted[i - 1] : sorted[i + 1];
    const from = u.valToPos(value, 'y', true);
    const to = neighbour ? u.valToPos(neighbour.value, 'y', true) : downward ? bbox.top + bbox.height : bbox.top;
    ctx.fillStyle = levelLooks[level].band;
    ctx.fillRect(bbox.left, Math.min(from, to), bbox.width, Math.abs(to - from));
  });
  ctx.restore();
}

/** Lines over the grid, each with its own dash and its word: colour alone tells no one who can't see it. */
function drawLines(u: uPlot, lines: readonly Threshold[], word: PlotOptions['levelWord']): void {
  const { ctx, bbox } = u;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.font = `${12 * ratio}px "Noto Sans CJK SC", sans-serif`;
  ctx.textAlign = 'left';
  // Strongest first: where two words would lie over each other, the weaker one gives way.
  const words: number[] = [];
  ctx.lineJoin = 'round';
  for (const { level, value } of [...lines].toReversed()) {
    const y = u.valToPos(value, 'y', true);
    if (y < bbox.top - 1 || y > bbox.top + bbox.height + 1) continue;
    const look = levelLooks[level];
    ctx.strokeStyle = look.ink;
    ctx.lineWidth = 1.3 * ratio;
    ctx.setLineDash(look.dash.map((part) => part * ratio));
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    if (words.some((other) => Math.abs(other - y) < 15 * ratio)) continue;
    words.push(y);
    ctx.fillStyle = look.ink;
    const text = `${look.glyph} ${word(level)} ${limit(value)}`;
    ctx.setLineDash([]);
    ctx.lineWidth = 4 * ratio;
    ctx.strokeStyle = '#16202b'; // the panel, so that lines do not strike the word out
    ctx.strokeText(text, bbox.left + 6 * ratio, y - 4 * ratio);
    ctx.fillText(text, bbox.left + 6 * ratio, y - 4 * ratio);
  }
  ctx.restore();
}

/** Extent of the data, with all threshold lines, or those that are near enough not to flatten the curve. */
function yRange(lo: number | null, hi: number | null, lines: readonly Threshold[], bars: boolean, all: boolean): [number, number] {
  let low = bars ? Math.min(0, lo ?? 0) : (lo ?? 0);
  let high = hi ?? 1;
  const span = Math.max(high - low, Math.abs(high) * 0.02, 1e-3);
  for (const { value } of lines) {
    if (value > high && (all || value - high < span * 1.2)) high = value;
    if (value < low && (all || low - value < span * 1.2)) low = value;
  }
  const pad = Math.max((high - low) * 0.08, 1e-3);
  return [bars && low === 0 ? 0 : low - pad, high + pad];
}

/** From zero to a little beyond the strongest threshold or the data, whichever is farther. */
function bandedRange(lo: number | null, hi: number | null, lines: readonly Threshold[], logFloor: number | null): [number, number] {
  const values = lines.map((line) => line.value);
  const high = Math.max(hi ?? 0, ...values, 1e-3);
  // At least one decade, from above zero on: a logarithm knows nothing else.
  if (logFloor !== null) return [logFloor, Math.max(high * 1.6, logFloor * 10)];
  const low = Math.min(lo ?? 0, ...values, 0);
  return [low < 0 ? low - (high - low) * 0.04 : 0, high + (high - low) * 0.1];
}

/** Ticks in civil time: the hour alone within a day, the date at its first tick. */
function timeTicks(_: uPlot, splits: number[], __: number, ___: number, step: number): string[] {
  let day = '';
  return splits.map((second) => {
    const text = dateTime(second * 1000);
    const first = text.slice(0, 10) !== day;
    day = text.slice(0, 10);
    if (step >= 86_400) return text.slice(5, 10);
    return `${step < 60 ? text.slice(11) : text.slice(11, 16)}${first ? `\n${text.slice(5, 10)}` : ''}`;
  });
}

/** Every tick with the decimals the finest one needs; on a logarithmic scale each with its own. */
function axisNumbers(splits: readonly (number | null)[], logarithmic: boolean): string[] {
  const given = splits.filter((value) => value !== null);
  const decimals = [0, 1, 2].find((digits) => given.every((value) => Math.abs(value - Number(value.toFixed(digits))) < 1e-9)) ?? 3;
  return splits.map((value) => {
    if (value === null) return '';
    return logarithmic || Math.abs(value) >= 1e5 ? number(value) : value.toFixed(decimals);
  });
}

export function makePlot(target: HTMLElement, options: PlotOptions, data: uPlot.AlignedData): uPlot {
  const bars = options.style === 'bars';
  const axis = { stroke: '#9aabba', font, grid: { stroke: '#22303d', width: 1 }, ticks: { show: false } };
  return new uPlot(
    {
      width: options.width,
      height: options.height,
      pxAlign: 0,
      tzDate: (second) => uPlot.tzDate(new Date(second * 1000), zone),
      legend: { show: false },
      cursor: { y: false, points: { size: 7 }, drag: { x: true, y: false } },
      scales: {
        x: {
          time: true,
          range: (_, lo, hi) => {
            const extent = options.extent();
            return extent ? [extent.from / 1000, extent.to / 1000] : [lo, hi];
          },
        },
        y: {
          // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- 3 is logarithmic; a const enum of declarations alone has no name at run time
          ...(options.logFloor === null ? {} : { distr: 3, log: 10 }),
          range: (_, lo, hi) =>
            options.banded
              ? bandedRange(lo, hi, options.lines(), options.logFloor)
              : yRange(lo, hi, options.lines(), bars, options.allLines()),
        },
      },
      axes: [
        // Two lines only where a date stands under its hour; uPlot would leave the room empty otherwise.
        { ...axis, size: (_, ticks) => (ticks?.some((tick) => tick.includes('\n')) ? 42 : 26), space: 90, values: timeTicks },
        { ...axis, size: 56, values: (_, splits) => axisNumbers(splits, options.logFloor !== null) },
      ],
      series: [
        {},
        ...options.names.map((name, i) => ({
          label: name,
          stroke: curveColour(i),
          width: 1.6,
          spanGaps: true,
          points: { show: false },
          ...(bars ? { fill: `${curveColour(i)}88`, width: 0.5, paths: uPlot.paths.bars!({ size: [0.7, 22] }) } : {}),
        })),
      ],
      hooks: {
        drawClear: [(u) => drawBands(u, options.lines(), options.downward())],
        draw: [(u) => drawLines(u, options.lines(), options.levelWord)],
      },
    },
    data,
    target,
  );
}
