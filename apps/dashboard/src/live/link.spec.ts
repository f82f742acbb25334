import { describe, expect, it } from 'vitest';
import { brokenAfter, clockOffset, linkState, probeAfter, shouldProbe } from './link.js';

describe('link', () => {
  const link = { connected: true, heardAt: 1_000, probing: false };

  it('says broken only after five seconds of silence', () => {
    expect(linkState(link, true, 1_000 + brokenAfter)).toBe('live');
    expect(linkState(link, true, 1_001 + brokenAfter)).toBe('broken');
    expect(linkState(link, false, 1_000 + brokenAfter)).toBe('connecting');
    expect(linkState(link, false, 1_001 + brokenAfter)).toBe('broken');
  });

  it('probes a quiet station once, and only over a connected socket', () => {
    const quiet = 1_001 + probeAfter;
    expect(shouldProbe(link, quiet)).toBe(true);
    expect(shouldProbe(link, 1_000 + probeAfter)).toBe(false);
    expect(shouldProbe({ ...link, probing: true }, quiet)).toBe(false);
    expect(shouldProbe({ ...link, connected: false }, quiet)).toBe(false);
  });

  it('takes the clock from the least delayed message', () => {
    expect(clockOffset([])).toBe(0);
    expect(clockOffset([-900, -20, -300])).toBe(-20);
  });
});
