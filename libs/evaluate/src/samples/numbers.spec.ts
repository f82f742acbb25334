import { expect, it } from 'vitest';
import { numbers } from './numbers.js';

it('gives room nobody else has, all 0, however much is asked for', () => {
  const given = Array.from({ length: 3000 }, (_, nth) => numbers(nth % 7 === 0 ? 5000 : nth % 100));
  for (const [nth, own] of given.entries()) {
    expect(own).toHaveLength(nth % 7 === 0 ? 5000 : nth % 100);
    expect(own.every((one) => one === 0)).toBe(true);
    own.fill(nth);
  }
  for (const [nth, own] of given.entries()) expect(own.every((one) => one === nth)).toBe(true);
});
