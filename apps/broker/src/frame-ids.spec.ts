import { expect, it } from 'vitest';
import { buildFrame } from '#devices';
import { idsInFrame } from './frame-ids.js';

it('names the devices of a frame in their order, with and without header, and nobody where there is no frame', () => {
  const content = { B: { L1_LF_1: { '2026-03-14T06:00:00Z': 1 } }, A: { L1_LF_1: { '2026-03-14T06:00:00Z': 2 } } };
  expect(idsInFrame(buildFrame(2, content))).toEqual(['B', 'A']);
  expect(idsInFrame(new TextEncoder().encode(JSON.stringify(content)))).toEqual(['B', 'A']);
  for (const text of ['', 'hello', '{}', '[1]']) expect(idsInFrame(new TextEncoder().encode(text))).toEqual([]);
});
