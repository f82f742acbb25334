import { describe, expect, it } from 'vitest';
import { DAY, HOUR } from '#libs/contracts';
import { noise } from '../../fakes/drive.js';
import { SeasonalFilter } from './seasonal.js';

const through = (values: readonly number[], filter = new SeasonalFilter(DAY, 3)) => {
  const passed: number[] = [];
  for (const [hour, value] of values.entries()) filter.feed(hour * HOUR, value, (_, v) => passed.push(v));
  return passed;
};
const hours = (count: number, value: (hour: number) => number) => Array.from({ length: count }, (_, hour) => value(hour));
const sun = (hour: number) => 2 * Math.cos((2 * Math.PI * (hour - 14)) / 24);
const largest = (values: readonly number[]) => Math.max(...values.map(Math.abs));

describe('the daily wave', () => {
  it('is taken off after three days, whatever the trend beside it', () => {
    const passed = through(hours(240, (hour) => 0.1 * hour + sun(hour)));
    expect(passed.slice(0, 72)).toEqual(hours(72, (hour) => 0.1 * hour + sun(hour)));
    expect(largest(passed.slice(72).map((value, at) => value - 0.1 * (at + 72)))).toBeLessThan(1e-6);
  });

  it('is taken off up to its bound: so much motion can it hide, and no more', () => {
    const filter = new SeasonalFilter(DAY, 0.5);
    const values = hours(300, (hour) => sun(hour) + (hour > 200 ? (hour - 200) ** 2 / 50 : 0));
    const passed = through(values, filter);
    expect(largest(passed.map((value, at) => value - (values[at] ?? 0)))).toBeLessThanOrEqual(0.5 + 1e-9);
  });

  it('is next to none in noise, and in acceleration: half a hundredth of the motion at most', () => {
    const gauss = noise(8);
    const motion = (hour: number) => (hour / 40) ** 3;
    const passed = through(hours(240, motion));
    expect(largest(passed.map((value, at) => value - motion(at)))).toBeLessThan(motion(240) / 200);
    const quiet = hours(240, () => 0.3 * gauss());
    expect(largest(through(quiet).map((value, at) => value - (quiet[at] ?? 0)))).toBeLessThan(0.3);
  });

  it('is not bent by one day of anything else (median of eight days)', () => {
    const passed = through(hours(360, (hour) => sun(hour) + (hour >= 216 && hour < 240 ? 30 * Math.sin(hour) : 0)));
    expect(largest(passed.slice(240).map((value) => value))).toBeLessThan(0.2);
  });

  it('is not guessed from a few samples bunched together', () => {
    const filter = new SeasonalFilter(DAY, 3);
    const passed: number[] = [];
    for (let day = 0; day < 12; day += 1)
      for (let minute = 0; minute < 20; minute += 1)
        filter.feed(day * DAY + minute * 60_000, Math.sin(minute), (_, v) => passed.push(v - Math.sin(minute)));
    expect(largest(passed)).toBe(0);
  });
});
