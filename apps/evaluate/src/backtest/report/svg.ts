import { CIVIL_OFFSET, DAY, HOUR, MINUTE } from '#libs/contracts';
import { civil } from '../output/words.js';

/** Where a drawing's plane begins and ends, px. */
export interface Frame {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

export type Scale = (value: number) => number;

/** Straight from a range of values to a range of pixels. A range without length lies in the middle. */
export const scaleOf =
  (from: number, to: number, start: number, end: number): Scale =>
  (value) =>
    to === from ? (start + end) / 2 : start + ((value - from) / (to - from)) * (end - start);

export const escaped = (text: string): string => text.replace(/[&<>"]/g, (one) => `&#${one.charCodeAt(0)};`);

/** Pixels with one decimal: finer nobody sees, and the file is half as long. */
export const px = (value: number): string => String(Math.round(value * 10) / 10);

export const line = (x1: number, y1: number, x2: number, y2: number, style: string): string =>
  `<line x1="${px(x1)}" y1="${px(y1)}" x2="${px(x2)}" y2="${px(y2)}" ${style}/>`;

export const label = (x: number, y: number, text: string, style = ''): string =>
  `<text x="${px(x)}" y="${px(y)}" ${style}>${escaped(text)}</text>`;

/** Round numbers between two values, about `count` of them. */
export function roundTicks(from: number, to: number, count = 5): number[] {
  if (!(to > from)) return [from];
  const raw = (to - from) / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 5, 10].find((one) => one * power >= raw) ?? 10) * power;
  const ticks: number[] = [];
  for (let at = Math.ceil(from / step) * step; at <= to + step * 1e-9; at += step) ticks.push(Math.round(at / step) * step);
  return ticks;
}

const timeSteps = [
  MINUTE,
  5 * MINUTE,
  15 * MINUTE,
  HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  DAY,
  2 * DAY,
  7 * DAY,
  14 * DAY,
  30 * DAY,
  91 * DAY,
  182 * DAY,
  365 * DAY,
];

/** Moments of the civil clock with their words, about `count` of them. */
export function timeTicks(from: number, to: number, count = 10): { at: number; text: string }[] {
  const step = timeSteps.find((one) => (to - from) / one <= count) ?? Math.ceil((to - from) / count / (365 * DAY)) * 365 * DAY;
  const ticks: { at: number; text: string }[] = [];
  for (let at = Math.ceil((from + CIVIL_OFFSET) / step) * step - CIVIL_OFFSET; at <= to; at += step) {
    const words = civil(at);
    ticks.push({ at, text: step >= DAY ? words.slice(to - from > 300 * DAY ? 0 : 5, 10) : words.slice(5) });
  }
  return ticks;
}
