import { expect, it } from 'vitest';
import { judgingCode } from './judging-code.js';

it('is one name for the program as it lies there', () => {
  expect(judgingCode()).toMatch(/^[\w-]{43}$/);
  expect(judgingCode()).toBe(judgingCode());
});
