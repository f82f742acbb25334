import { expect, it } from 'vitest';
import { civilDate, civilDigits, civilMidnight, civilText } from './civil-time.js';

it('is the time on a wall clock in China', () => {
  const at = Date.parse('2026-06-30T16:05:09.007Z');
  expect(civilText(at)).toBe('2026-07-01 00:05:09.007');
  expect(civilDate(at)).toBe('2026-07-01');
  expect(civilDigits(at)).toBe('20260701000509007');
  expect(civilMidnight(at)).toBe(Date.parse('2026-07-01T00:00:00+08:00'));
  expect(civilMidnight(civilMidnight(at) - 1)).toBe(Date.parse('2026-06-30T00:00:00+08:00'));
});
