import { expect, it } from 'vitest';
import { nationalFrame } from './national-frame.js';

it('frames the published test vector with the header 02 00 67', () => {
  const frame = nationalFrame(2, {
    '17165802': { L1_GP_1: { '2026-03-14T06:00:00.000Z': { gpsTotalX: 9.9, gpsTotalY: 0.5, gpsTotalZ: 3.2 } } },
  });
  expect(frame.subarray(0, 3).toString('hex')).toBe('020067');
  expect(frame).toHaveLength(3 + 0x67);
});

it('refuses content that the length field cannot hold', () => {
  const long = Object.fromEntries(Array.from({ length: 4000 }, (_, i) => [new Date(i * 1000).toISOString(), i]));
  expect(() => nationalFrame(2, { d: { L1_LF_1: long } })).toThrow(/65535/);
});
