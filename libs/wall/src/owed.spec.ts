import type { FrameValue } from '#libs/contracts';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Owed } from './owed.js';

describe('what a client is owed', () => {
  it('is nothing more than the news for a transport that is ready', () => {
    const news: FrameValue[] = [[0, 1, 2, '']];
    expect(new Owed().take(news, true)).toBe(news);
  });

  it('is sent once the transport is ready, the newest of each channel, whatever the order of busy and ready', () => {
    const value = fc.tuple(fc.nat(4), fc.nat(1e6), fc.double({ noNaN: true }), fc.constant(''));
    fc.assert(
      fc.property(fc.array(fc.record({ news: fc.array(value, { maxLength: 4 }), ready: fc.boolean() })), (ticks) => {
        const owed = new Owed();
        const shown = new Map<number, unknown>();
        const told = new Map<number, unknown>();
        for (const { news, ready } of [...ticks, { news: [], ready: true }]) {
          const sent = owed.take(news, ready);
          if (!ready) expect(sent).toEqual([]);
          for (const one of sent) shown.set(one[0], one);
          for (const one of news) told.set(one[0], one);
        }
        expect(shown).toEqual(told);
      }),
    );
  });
});
