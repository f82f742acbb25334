import { expect, it } from 'vitest';
import { linkPassword } from './link-password.js';

it('makes a password of the digits a protocol has room for, the same each time and another for each device and protocol', () => {
  const [a, b] = ['0a'.repeat(32), '0b'.repeat(32)];
  expect(linkPassword(a, 'sl651')).toMatch(/^\d{4}$/);
  expect(linkPassword(a, 'hj212')).toMatch(/^\d{6}$/);
  expect(linkPassword(a, 'sl651')).toBe(linkPassword(a, 'sl651'));
  expect(linkPassword(a, 'hj212')).not.toBe(linkPassword(b, 'hj212'));
  expect(linkPassword(a, 'hj212').endsWith(linkPassword(a, 'sl651'))).toBe(false);
});
