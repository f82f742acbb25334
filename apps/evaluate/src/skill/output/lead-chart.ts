import { frame, line, plot, px, scale } from './plot.js';

/** Lead, h (null: missed), against the rate a day before failure, mm/d; both on logarithmic scales. */
export function leadChart(all: readonly { rate: number; lead: number | null }[]): string {
  const logarithmic = (from: number, to: number, start: number, end: number) => {
    const at = scale(Math.log(from), Math.log(to), start, end);
    return (value: number) => at(Math.log(Math.min(to, Math.max(from, value))));
  };
  const x = {
    label: 'rate a day before failure, mm/d',
    ticks: [10, 20, 50, 100, 200],
    at: logarithmic(10, 200, frame.left, frame.width - frame.right),
  };
  const y = { label: 'lead of red, h', ticks: [1, 3, 12, 24, 72, 240], at: logarithmic(0.5, 500, frame.height - frame.bottom, frame.top) };
  const bottom = frame.height - frame.bottom;
  const drawn = all.map(({ rate, lead }) => {
    const at = x.at(rate);
    return lead === null
      ? line(at - 3, bottom - 3, at + 3, bottom - 9, 'stroke="#c22"') + line(at - 3, bottom - 9, at + 3, bottom - 3, 'stroke="#c22"')
      : `<circle cx="${px(at)}" cy="${px(y.at(lead))}" r="1.8" fill="#246" fill-opacity="0.6"/>`;
  });
  return plot(x, y, drawn);
}
