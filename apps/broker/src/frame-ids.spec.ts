import { expect, it } from 'vitest';
import { buildFrame } from '#devices';
import { idsInFrame } from './frame-ids.js';

it('names the devices of a frame in their order, with and without header, and nobody where there is no frame', () => {
  const content = { B: { L1_LF_1: { '2026-03-14T06:00:00Z': 1 } }, A: { L1_LF_1: { '2026-03-14T06:00:00Z': 2 } } };
  expect(idsInFrame(buildFrame(2, content))).toEqual(['B', 'A']);
  expect(idsInFrame(new TextEncoder().encode(JSON.stringify(content)))).toEqual(['B', 'A']);
  for (const text of ['', 'hello', '{}', '[1]']) expect(idsInFrame(new TextEncoder().encode(text))).toEqual([]);
});

it('looks into an envelope with what opens it, and names nobody without', () => {
  const frame = buildFrame(2, { A: { L1_LF_1: { '2026-03-14T06:00:00Z': 2 } } });
  const sealed = new TextEncoder().encode(JSON.stringify({ header: { appId: '62000001' }, bodies: { body: 'c2VhbGVk' } }));
  expect(idsInFrame(sealed)).toEqual([]);
  expect(idsInFrame(sealed, 7, { openEnvelope: () => ({ refused: 'unknown-app', detail: '' }) })).toEqual([]);
  expect(
    idsInFrame(sealed, 7, {
      openEnvelope: ({ appId }, at) =>
        appId === '62000001' && at === 7 ? { payload: frame, fresh: false } : { refused: 'sealed-wrong', detail: '' },
    }),
  ).toEqual(['A']);
});
