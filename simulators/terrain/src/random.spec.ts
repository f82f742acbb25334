import { expect, it } from 'vitest';
import { SeededRandom } from './random.js';

it('repeats itself for the same seed', () => {
  const a = new SeededRandom(7);
  const b = new SeededRandom(7);
  expect(Array.from({ length: 20 }, () => a.next())).toEqual(Array.from({ length: 20 }, () => b.next()));
});

it('has about the mean and deviation it was asked for', () => {
  const random = new SeededRandom(1);
  const values = Array.from({ length: 20_000 }, () => random.normal(2));
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  expect(mean).toBeCloseTo(0, 1);
  expect(deviation).toBeCloseTo(2, 1);
});
