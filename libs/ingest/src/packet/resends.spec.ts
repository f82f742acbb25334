import { describe, expect, it } from 'vitest';
import { Resends, RESEND_WINDOW_MS } from './resends.js';

const stored = Promise.resolve();

describe('resends of payloads without a time', () => {
  it('are recognised for ten minutes, by device and payload', () => {
    const resends = new Resends();
    resends.remember('A', 'h', 0, stored);
    expect(resends.earlier('A', 'h', RESEND_WINDOW_MS)).toBe(stored);
    expect(resends.earlier('A', 'h', RESEND_WINDOW_MS + 1)).toBeUndefined();
    expect(resends.earlier('B', 'h', 0)).toBeUndefined();
    expect(resends.earlier('A', 'other', 0)).toBeUndefined();
  });

  it('are taken again when the first was not stored', async () => {
    const resends = new Resends();
    const failed = Promise.reject(new Error('away'));
    resends.remember('A', 'h', 0, failed);
    expect(resends.earlier('A', 'h', 1)).toBe(failed);
    await failed.catch(() => undefined);
    await Promise.resolve();
    expect(resends.earlier('A', 'h', 1)).toBeUndefined();
  });

  it('are remembered for a bounded number of payloads, the newest', () => {
    const resends = new Resends();
    for (let n = 0; n < 2000; n += 1) resends.remember('A', `h${n}`, n, stored);
    expect(resends.earlier('A', 'h0', 2000)).toBeUndefined();
    expect(resends.earlier('A', 'h1999', 2000)).toBe(stored);
    expect(resends.earlier('A', 'h1600', 2000)).toBe(stored);
  });
});
