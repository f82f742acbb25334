import { frame, line, plot, px, scale, ticksOf } from './plot.js';

interface Forecast {
  left: number;
  lower: number;
  centre: number;
  upper: number;
  operational: number;
}

/** Samples before the collapse from which forecasts are drawn; the few before would press the rest together. */
export const drawnFrom = 130;

/** Error of forecasts against the time left: interval as a bar, centre as a point, operational time as a tick. */
export function forecastChart(forecasts: readonly Forecast[]): string {
  const all = forecasts.filter(({ left }) => left <= drawnFrom);
  const furthest = Math.max(10, ...all.map(({ left }) => left));
  const errors = all.flatMap(({ left, lower, upper, operational }) => [lower - left, upper - left, operational - left]);
  const low = Math.max(-150, Math.min(-10, ...errors));
  const high = Math.min(150, Math.max(10, ...errors));
  const x = {
    label: 'samples left until the collapse',
    ticks: ticksOf(0, furthest),
    at: scale(furthest, 0, frame.left, frame.width - frame.right),
  };
  const y = { label: 'error, samples (+ late)', ticks: ticksOf(low, high), at: scale(low, high, frame.height - frame.bottom, frame.top) };
  const within = (value: number) => Math.min(high, Math.max(low, value));
  const drawn = all.flatMap(({ left, lower, centre, upper, operational }) => [
    line(x.at(left), y.at(within(lower - left)), x.at(left), y.at(within(upper - left)), 'stroke="#8ab"'),
    `<circle cx="${px(x.at(left))}" cy="${px(y.at(within(centre - left)))}" r="2" fill="#246"/>`,
    line(
      x.at(left) - 3,
      y.at(within(operational - left)),
      x.at(left) + 3,
      y.at(within(operational - left)),
      'stroke="#c22" stroke-width="1.5"',
    ),
  ]);
  return plot(x, y, [line(frame.left, y.at(0), frame.width - frame.right, y.at(0), 'stroke="#333"'), ...drawn]);
}
