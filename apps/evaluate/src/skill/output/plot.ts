/** A drawing's size and margins, px. Small: it is read beside a table. */
export const frame = { width: 640, height: 300, left: 56, right: 16, top: 16, bottom: 40 } as const;

export const px = (value: number): string => String(Math.round(value * 10) / 10);
const escaped = (text: string): string => text.replace(/[&<>"]/g, (one) => `&#${one.charCodeAt(0)};`);

export const scale =
  (from: number, to: number, start: number, end: number) =>
  (value: number): number =>
    start + ((value - from) / (to - from)) * (end - start);

export const text = (x: number, y: number, words: string, anchor: 'start' | 'middle' | 'end' = 'middle', more = ''): string =>
  `<text x="${px(x)}" y="${px(y)}" text-anchor="${anchor}" ${more}>${escaped(words)}</text>`;

export const line = (x1: number, y1: number, x2: number, y2: number, style: string): string =>
  `<line x1="${px(x1)}" y1="${px(y1)}" x2="${px(x2)}" y2="${px(y2)}" ${style}/>`;

export interface Axis {
  label: string;
  ticks: readonly number[];
  at: (value: number) => number;
}

/** Axes with their ticks and labels round what is drawn inside. */
export function plot(x: Axis, y: Axis, inside: readonly string[]): string {
  const { width, height, left, right, top, bottom } = frame;
  const grid = [
    ...x.ticks.flatMap((tick) => [
      line(x.at(tick), top, x.at(tick), height - bottom, 'stroke="#ddd"'),
      text(x.at(tick), height - bottom + 14, String(tick)),
    ]),
    ...y.ticks.flatMap((tick) => [
      line(left, y.at(tick), width - right, y.at(tick), 'stroke="#ddd"'),
      text(left - 6, y.at(tick) + 4, String(tick), 'end'),
    ]),
  ];
  const labels = [
    text((left + width - right) / 2, height - 6, x.label),
    text(14, (top + height - bottom) / 2, y.label, 'middle', `transform="rotate(-90 14 ${px((top + height - bottom) / 2)})"`),
  ];
  const style = 'font-family="sans-serif" font-size="11" fill="#333"';
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" ${style}><rect width="100%" height="100%" fill="#fff"/>${[...grid, ...inside, ...labels].join('')}</svg>\n`;
}

/** Round numbers between two values, about five. */
export function ticksOf(from: number, to: number): number[] {
  const power = 10 ** Math.floor(Math.log10((to - from) / 5));
  const step = ([1, 2, 5, 10].find((one) => (to - from) / (one * power) <= 6) ?? 10) * power;
  const ticks: number[] = [];
  for (let at = Math.ceil(from / step) * step; at <= to + step / 1e6; at += step) ticks.push(Math.round(at / step) * step);
  return ticks;
}
