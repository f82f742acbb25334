import { describe, expect, it } from 'vitest';
import { DAY, HOUR } from '#libs/contracts';
import { SeededRandom } from '../random.js';
import { motion } from './motion.js';
import { simulatedSite, type Site } from './site.js';
import { rainOf, rainResponse } from './weather.js';

const rateAt = (at: (day: number) => number, day: number, step = 0.01): number => (at(day) - at(day - step)) / step;
const seeds = Array.from({ length: 40 }, (_, seed) => seed);
const channel = (site: Site, deviceId: string, name: string) =>
  site.samples.filter((one) => one.deviceId === deviceId && one.channel === name);

describe('motion', () => {
  it.each(seeds)('a failure creeps until its onset and has the rate that was drawn a day before it ends (seed %i)', (seed) => {
    const { at, fails = 0, creep, drawn } = motion('failure', new SeededRandom(seed));
    const onset = fails - drawn['onsetBefore']!;
    expect(rateAt(at, onset)).toBeCloseTo(creep, 6);
    expect(onset).toBeGreaterThanOrEqual(25);
    const p = 1 / (drawn['alpha']! - 1);
    // What exceeds the onset's own rate; the difference over 15 minutes around the day.
    const wanted = creep + drawn['rateADayBefore']! * (1 - drawn['onsetBefore']! ** -p);
    expect(rateAt(at, fails - 1 + 0.005)).toBeCloseTo(wanted, 1);
    expect(rateAt(at, fails - 0.05)).toBeGreaterThan(4 * rateAt(at, fails - 1));
  });

  it.each(seeds)('a crisis is fastest when it is arrested, and calms to its creep (seed %i)', (seed) => {
    const { at, turns, creep } = motion('crisis', new SeededRandom(seed));
    expect(turns).toBeDefined();
    const { day, peak } = turns!;
    expect(rateAt(at, day) / peak).toBeGreaterThan(0.9);
    for (const around of [-2, -0.5, 0.5, 2]) expect(rateAt(at, day + around)).toBeLessThan(peak);
    expect(rateAt(at, day + 15)).toBeCloseTo(creep, 2);
  });

  it.each(seeds)('a step moves as far as was drawn, and never as fast as a red warning asks (seed %i)', (seed) => {
    const { at, creep, drawn } = motion('step', new SeededRandom(seed));
    expect(at(400) - at(0) - 400 * creep).toBeCloseTo(drawn['size']!, 0);
    expect(rateAt(at, drawn['middle']!)).toBeLessThan(17);
  });
});

describe('weather', () => {
  it('rains some 3 mm a day, most days not at all, and moves a slope by its gain in the end', () => {
    const rain = rainOf(24 * 3650, new SeededRandom(1));
    const sum = rain.reduce((total, one) => total + one, 0);
    expect(sum / 3650).toBeGreaterThan(2.5);
    expect(sum / 3650).toBeLessThan(4.2);
    const moved = rainResponse(rain, 2, 1).at(-1)!;
    expect(moved / ((sum * 2) / 100)).toBeGreaterThan(0.99);
  });
});

describe('simulated site', () => {
  it('is the same for the same number, and another for another number or seed', () => {
    expect(simulatedSite(7).samples).toEqual(simulatedSite(7).samples);
    expect(simulatedSite(7, { seed: 2 }).samples).not.toEqual(simulatedSite(7).samples);
    expect(simulatedSite(10).samples).not.toEqual(simulatedSite(7).samples);
  });

  it('fails, stands, has a crisis, in turn; a failing one ends with its failure', () => {
    const sites = [0, 1, 2, 3, 4, 5].map((number) => simulatedSite(number));
    expect(sites.map(({ family }) => family)).toEqual(['failing', 'standing', 'crisis', 'failing', 'standing', 'crisis']);
    for (const { failure, samples, arrest, family } of sites) {
      expect(failure !== null).toBe(family === 'failing');
      expect(arrest !== null).toBe(family === 'crisis');
      if (failure !== null) {
        expect(samples.at(-1)!.time).toBeLessThan(failure);
        expect(samples.at(-1)!.time).toBeGreaterThan(failure - 2 * HOUR);
      }
    }
  });

  it('moves, rains and breaks in the same way under twice the noise, which doubles the scatter', () => {
    const plain = simulatedSite(1, { motion: 'still' });
    const noisy = simulatedSite(1, { motion: 'still', noise: 2 });
    expect(channel(noisy, 'R1', 'L3_YL_1')).toEqual(channel(plain, 'R1', 'L3_YL_1'));
    expect(noisy.samples.map(({ time }) => time)).toEqual(plain.samples.map(({ time }) => time));
    const scatter = (site: Site) => {
      const values = channel(site, 'G1', 'L1_GP_1.gpsTotalX').map(({ value }) => value);
      const steps = values.slice(1).map((value, at) => Math.abs(value - values[at]!));
      return steps.toSorted((a, b) => a - b)[Math.floor(steps.length / 2)]!;
    };
    expect(scatter(noisy) / scatter(plain)).toBeGreaterThan(1.8);
    expect(scatter(noisy) / scatter(plain)).toBeLessThan(2.2);
  });

  it('has outages, spikes and jumps somewhere in a county', () => {
    const county = Array.from({ length: 20 }, (_, number) => simulatedSite(number, { motion: 'still' }));
    const cracks = county.map((site) => channel(site, 'L1', 'L1_LF_1'));
    const gaps = cracks.flatMap((samples) => samples.slice(1).filter(({ time }, at) => time - samples[at]!.time > 3 * HOUR));
    const spikes = cracks.flatMap((samples) => samples.slice(1, -1).filter(({ value }, at) => Math.abs(value - samples[at]!.value) > 15));
    const jumped = cracks.filter((samples) => Math.abs(samples.at(-1)!.value - samples[0]!.value) > 4);
    expect(gaps.length).toBeGreaterThan(20);
    expect(spikes.length).toBeGreaterThan(20);
    expect(jumped.length).toBeGreaterThan(2);
    expect(county.every(({ from, to }) => to - from === 110 * DAY)).toBe(true);
  });
});
