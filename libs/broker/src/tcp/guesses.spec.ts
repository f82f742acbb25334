import { expect, it } from 'vitest';
import { Guesses } from './guesses.js';

it('lets nobody guess on, without locking out the device elsewhere, another device there, or anybody for ever', () => {
  const guesses = new Guesses();
  for (let n = 0; n < 5; n += 1) {
    expect(guesses.mayTry('10.0.0.1', 'A', n)).toBe(true);
    guesses.wrong('10.0.0.1', 'A', n);
  }
  expect(guesses.mayTry('10.0.0.1', 'A', 5)).toBe(false);
  expect(guesses.mayTry('10.0.0.2', 'A', 5)).toBe(true);
  expect(guesses.mayTry('10.0.0.1', 'B', 5)).toBe(true);
  expect(guesses.mayTry('10.0.0.1', 'A', 600_000)).toBe(true);
});

it('begins to count anew after a right password', () => {
  const guesses = new Guesses();
  for (let n = 0; n < 4; n += 1) guesses.wrong('x', 'A', n);
  guesses.right('x', 'A');
  guesses.wrong('x', 'A', 5);
  expect(guesses.mayTry('x', 'A', 6)).toBe(true);
});
