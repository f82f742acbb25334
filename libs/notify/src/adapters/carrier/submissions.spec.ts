import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE, SECOND } from '#libs/contracts';
import { Submissions } from './submissions.js';

const T = Date.parse('2026-07-01T15:20:20+08:00');
const [mine, other] = ['13900000001', '13900000002'];
const second = (from: number) => ({ from, until: from + SECOND });
const minute = { from: Date.parse('2026-07-01T15:20:00+08:00'), until: Date.parse('2026-07-01T15:21:00+08:00') };
/** At work for an hour. */
const submissions = () => new Submissions<string>(T - HOUR);

describe('whose a report is', () => {
  it('is said by its name, where the answer has told it', () => {
    const all = submissions();
    all.named(all.left('d1', mine, T), 'g1');
    expect(all.ownerOf('g1', other, undefined)).toBe('d1');
    expect(all.ownerOf('g2', mine, minute)).toBeUndefined();
  });

  it('is said by number and time where no answer came, also the second time', () => {
    const all = submissions();
    all.left('d1', mine, T);
    for (const [to, submitted] of [
      [other, minute],
      [mine, second(T - 5 * SECOND)],
      [mine, second(T + 13 * SECOND)],
      [mine, { from: minute.from + MINUTE, until: minute.until + MINUTE }],
      [mine, undefined],
    ] as const)
      expect(all.ownerOf('g1', to, submitted)).toBeUndefined();
    expect(all.ownerOf('g1', mine, minute)).toBe('d1');
    expect(all.ownerOf('g1', mine, undefined)).toBe('d1');
    expect(all.ownerOf('g2', mine, minute)).toBeUndefined();
  });

  it('allows for a clock of the carrier that is some seconds off, over the end of a minute too', () => {
    const ahead = submissions();
    ahead.left('d1', mine, minute.until - 10 * SECOND);
    expect(ahead.ownerOf('g1', mine, { from: minute.until, until: minute.until + MINUTE })).toBe('d1');
    const behind = submissions();
    behind.left('d1', mine, minute.until + 2 * SECOND);
    expect(behind.ownerOf('g1', mine, minute)).toBe('d1');
  });

  it('is left open where two fit: also one whose answer is still under way', () => {
    const all = submissions();
    all.left('d1', mine, T);
    const pending = all.left('d2', mine, T + 10 * SECOND);
    expect(all.ownerOf('g1', mine, minute)).toBeUndefined();
    all.named(pending, 'g2');
    expect(all.ownerOf('g1', mine, minute)).toBe('d1');
  });

  it('of a refused one there is none', () => {
    const all = submissions();
    all.refused(all.left('d1', mine, T));
    expect(all.ownerOf('g1', mine, minute)).toBeUndefined();
  });

  it('a report that overtakes the answer of its own part does not take the place of another part', () => {
    const all = submissions();
    all.left('d1', mine, T);
    const part2 = all.left('d1', mine, T);
    expect(all.ownerOf('g2', mine, minute)).toBe('d1');
    all.named(part2, 'g2');
    expect(all.ownerOf('g1', mine, minute)).toBe('d1');
    expect(all.ownerOf('g3', mine, minute)).toBeUndefined();
  });

  it('is not guessed of the time of whoever sent before', () => {
    const all = new Submissions<string>(T - SECOND);
    all.left('d1', mine, T);
    expect(all.ownerOf('g0', mine, minute)).toBeUndefined();
  });

  it('is forgotten after an hour', () => {
    const all = submissions();
    all.left('d1', mine, T);
    all.left('d2', other, T + HOUR + 1);
    expect(all.ownerOf('g1', mine, minute)).toBeUndefined();
  });
});
