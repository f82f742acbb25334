import { warningLevels, type WarningLevel } from '#libs/contracts';
import { levelTexts, type Text } from '../output/texts.js';
import { number } from '../output/words.js';
import { levelColours } from './colours.js';
import { escaped, label, line, px, roundTicks, scaleOf } from './svg.js';

export interface Dot {
  level: WarningLevel;
  x: number;
  y: number;
  name: string;
}

const size = { width: 540, height: 340 };
const frame = { left: 56, right: 524, top: 42, bottom: 290 };
/** A level has its shape as well as its colour. */
const shapes: Record<WarningLevel, (x: string, y: string) => string> = {
  blue: (x, y) => `<circle cx="${x}" cy="${y}" r="4.5"/>`,
  yellow: (x, y) => `<rect x="${Number(x) - 4}" y="${Number(y) - 4}" width="8" height="8"/>`,
  orange: (x, y) => `<path d="M${x} ${Number(y) - 5.5}l5 9h-10z"/>`,
  red: (x, y) => `<path d="M${x} ${Number(y) - 6}l6 6l-6 6l-6 -6z"/>`,
};

/** One dot a variant and level. @param whole axes from 0 to 1 */
export function scatter(title: Text, axes: { x: Text; y: Text }, dots: readonly Dot[], whole = false): string {
  const most = (of: (dot: Dot) => number): number => (whole ? 1 : (Math.max(0, ...dots.map(of)) || 1) * 1.08);
  const [maxX, maxY] = [most(({ x }) => x), most(({ y }) => y)];
  const x = scaleOf(0, maxX, frame.left, frame.right);
  const y = scaleOf(0, maxY, frame.bottom, frame.top);
  const present = warningLevels.filter((level) => dots.some((dot) => dot.level === level));
  return `<svg viewBox="0 0 ${size.width} ${size.height}" role="img" class="half">${[
    label(frame.left, 16, `${title.zh} ${title.en}`, 'class="title"'),
    ...roundTicks(0, maxX).map(
      (tick) =>
        line(x(tick), frame.top, x(tick), frame.bottom, 'class="grid"') +
        label(x(tick), frame.bottom + 14, number(tick), 'class="tick" text-anchor="middle"'),
    ),
    ...roundTicks(0, maxY).map(
      (tick) =>
        line(frame.left, y(tick), frame.right, y(tick), 'class="grid"') +
        label(frame.left - 6, y(tick) + 4, number(tick), 'class="tick" text-anchor="end"'),
    ),
    ...(whole ? [line(x(0), y(0), x(1), y(1), 'class="chance"')] : []),
    ...present.map((level) => {
      const own = dots.filter((dot) => dot.level === level).toSorted((a, b) => a.x - b.x || a.y - b.y);
      const { fill } = levelColours[level];
      const path = own.map((dot, at) => `${at === 0 ? 'M' : 'L'}${px(x(dot.x))} ${px(y(dot.y))}`).join('');
      const marks = own.map(
        (dot) =>
          `<g><title>${escaped(`${dot.name}: ${number(dot.x)}, ${number(dot.y)}`)}</title>${shapes[level](px(x(dot.x)), px(y(dot.y)))}</g>`,
      );
      return `<path d="${path}" stroke="${fill}" class="join"/><g fill="${fill}" class="dot">${marks.join('')}</g>`;
    }),
    ...present.map((level, at) => {
      const place = frame.left + 8 + at * 110;
      return `<g fill="${levelColours[level].fill}" class="dot">${shapes[level](px(place), String(size.height - 10))}</g>${label(place + 10, size.height - 6, `${levelTexts[level].zh} ${levelTexts[level].en}`, 'class="tick"')}`;
    }),
    label(frame.right, frame.bottom + 28, `${axes.x.zh} ${axes.x.en} →`, 'class="tick" text-anchor="end"'),
    label(frame.left, 34, `↑ ${axes.y.zh} ${axes.y.en}`, 'class="tick"'),
    `<rect x="${frame.left}" y="${frame.top}" width="${frame.right - frame.left}" height="${frame.bottom - frame.top}" class="frame"/>`,
  ].join('')}</svg>`;
}
